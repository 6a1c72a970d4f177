/** The verified tenants that exist: what tells a minted one from a cast. */
export const minted = new WeakSet<object>();
