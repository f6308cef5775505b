"""What every page and answer over HTTP shares: who may ask, how it looks, how it says no."""
