module tinkuy.invalid/judge

go 1.25.0

require golang.org/x/mod v0.0.0
