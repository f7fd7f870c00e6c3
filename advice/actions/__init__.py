"""What people do: one module a noun; a rule, some rows, a flush. The view commits."""
