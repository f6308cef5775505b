"""The operator's and the employer's pages."""
