"""The tab of tables of attacks: against defences, and made for one learner and tried on others."""
