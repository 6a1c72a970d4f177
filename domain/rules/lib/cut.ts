/** Ways that a bound of the builders may have left out, without those that run through something that is surely switched off. */
import { type CutWays, cutWays } from '../../stitching/cut.ts';
import { perContext } from './memo.ts';
import { isSurelyOff } from './passable.ts';
import type { RuleContext } from '../types.ts';

export const cutWaysOf: (context: RuleContext) => CutWays = perContext((context) =>
  cutWays(context.index, context.chains, context.paths, (entity) => isSurelyOff(context, entity)),
);
