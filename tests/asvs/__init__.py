"""OWASP ASVS 5.0, levels 1 and 2: a test for each item that applies, by its number; one module a chapter.

Items about accounts, sessions, tablets and permissions (6, 7, 8) stand beside the other tests of those; what does not
apply, or is the deployer's, is said in docs/. test_code.py looks at what the program is written like.
"""
