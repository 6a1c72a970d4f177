// Does what `params` of its scope says: `graph`, `results` (text of the files), `exit`, `signal`.
import { writeFileSync } from 'node:fs';
import { paths, scope, writeGraph } from './contract.mjs';

const { graph, results, exit, signal } = scope.params;
if (graph === true) writeGraph();
else if (typeof graph === 'string') writeFileSync(paths.graph, graph);
if (typeof results === 'string') writeFileSync(paths.results, results);
if (typeof signal === 'string') process.kill(process.pid, signal);
else process.exit(exit ?? 0);
