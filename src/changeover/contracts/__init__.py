"""Contracts with employers: recruiters' seats, paid slots, and which postings are wrapped into them."""
