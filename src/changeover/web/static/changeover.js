// Live pages: what the server tells on /events is fetched anew and swapped in by id. Pages work without this.
