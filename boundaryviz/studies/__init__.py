"""Many runs: what they are, by what they are carried out, and where their results are kept."""
