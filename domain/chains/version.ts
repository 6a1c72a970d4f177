/** Raised whenever the same graph would give other chains: the deploy gate rebuilds what carries another version (GATE-03, GATE-06). */
export const CHAIN_BUILDER_VERSION = 'chain-builder/1';
