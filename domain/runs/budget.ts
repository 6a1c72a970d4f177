/** Room for the driver's own budget kill to be reported before Temporal gives up on `runConnector`: its time limit is what is left of the budget, and this. */
export const COLLECT_GRACE_MS = 30_000;
