"""How members decide: founding, rules, proposals, ballots, effects. Pure, like the ledger below it."""
