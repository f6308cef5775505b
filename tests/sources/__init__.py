"""The sources: real HTTP on loopback, broken feeds, hostile input and real files."""
