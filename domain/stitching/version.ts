/** Raised whenever the same graph would give other paths: the deploy gate rebuilds what carries another version (GATE-03, GATE-06). */
export const STITCH_VERSION = 'stitched-path-materializer/2';
