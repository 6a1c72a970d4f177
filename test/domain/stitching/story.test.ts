import { describe, expect, it } from 'vitest';
import { buildChains } from '../../../domain/chains/build.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { stitchPaths } from '../../../domain/stitching/build.ts';
import { story } from '../fixtures/story.ts';

const { graph, ids } = story();
const index = indexGraph(graph);
const { chains, truncated_anchors } = buildChains(index);
const stitched = stitchPaths(index, chains);
const name = new Map(Object.entries(ids).map(([label, id]) => [id, label]));
const readable = stitched.paths.map((path) => ({
  path: path.nodes.map((id) => name.get(id) ?? index.entity(id)?.subtype ?? '?').join(' > '),
  rules: path.joins.map((join) => join.rule).join(','),
  systems: path.systems.join(','),
  completeness: path.completeness,
}));

describe('the story of the demo', () => {
  it('DATA-07: one complete path leads from the catalog item through all four systems to the customer bucket, by the dispatch', () => {
    expect(readable).toContainEqual({
      path: 'item > flow > dispatch > sync > syncSubject > federated > app > customerSync > readerTrust > readerRole > policy_statement > bucket',
      rules: 'github_dispatch,github_oidc_to_entra,entra_principal_to_aws',
      systems: 'servicenow,github,entra,aws',
      completeness: 'complete',
    });
  });

  it('DATA-07: beside it stand the way by the installation of the App, ServiceNow → Entra and GitHub → AWS, and nothing else', () => {
    expect(readable.map(({ rules, systems, completeness }) => `${systems} ${rules} ${completeness}`).sort()).toEqual([
      'github,aws github_oidc_to_aws complete',
      'servicenow,entra entra_app complete',
      'servicenow,github,entra,aws github_app,github_oidc_to_entra,entra_principal_to_aws complete',
      'servicenow,github,entra,aws github_dispatch,github_oidc_to_entra,entra_principal_to_aws complete',
    ]);
    expect(readable.find(({ rules }) => rules === 'entra_app')?.path).toBe(
      'job > report > graphMessage > graphProfile > graphReporting > readAll > microsoftGraph',
    );
    expect(readable.find(({ rules }) => rules === 'github_oidc_to_aws')?.path).toBe(
      'push > release > releaseSubject > deployTrust > deployRole > policy_statement > bucket',
    );
    expect(stitched.unresolved).toEqual([]);
    expect(stitched.truncated).toBe(false);
    expect(truncated_anchors).toEqual([]);
  });

  it('DATA-07: every join names its rule and the key and value of both sides, which the graph has', () => {
    for (const path of stitched.paths) {
      expect(path.joins).toHaveLength(path.segments.length - 1);
      for (const { left, right } of path.joins) {
        for (const side of [left, right]) expect(index.entity(side.entity)?.join_keys).toContainEqual({ k: side.key, v: side.value });
      }
    }
  });

  it('DATA-06: GitHub stops at an OIDC subject, AWS starts at whom a role trusts, and both say so', () => {
    const github = chains.find((chain) => chain.anchor === ids['push']);
    expect(github?.head).toEqual({ entity: ids['push'], open: false, join_keys: [] });
    expect(github?.tail).toMatchObject({ entity: ids['releaseSubject'], open: true, join_keys: [{ k: 'oidc_subject' }] });
    const aws = chains.find((chain) => chain.anchor === ids['deployTrust']);
    expect(aws?.head).toMatchObject({ open: true, join_keys: [{ k: 'oidc_trust' }] });
    expect(aws?.tail).toEqual({ entity: ids['bucket'], open: false, join_keys: [] });
  });
});
