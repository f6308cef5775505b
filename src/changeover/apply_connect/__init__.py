"""The wire that Apply Connect clients speak: an ATS points its client at us and it works."""
