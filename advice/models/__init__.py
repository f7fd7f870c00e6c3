"""The tables, one module a noun, and the questions asked of them. No requests, no rules of their own."""
