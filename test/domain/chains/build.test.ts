import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../domain/canonical.ts';
import { buildChains } from '../../../domain/chains/build.ts';
import type { ChainBuild, ExecutionChain } from '../../../domain/chains/types.ts';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { graphBuilder, type GraphBuilder, key } from '../fixtures/tenant-graph.ts';

interface Built extends ChainBuild {
  /** Each chain as the native ids of its entities, with `(` and `)` for open ends. */
  readonly readable: readonly string[];
  find(text: string): ExecutionChain;
}

function build(make: (builder: GraphBuilder) => void, limits?: Parameters<typeof buildChains>[1]): Built {
  const builder = graphBuilder();
  make(builder);
  const graph = indexGraph(builder.build());
  const built = buildChains(graph, limits);
  const text = (chain: ExecutionChain): string => {
    const names = chain.nodes.map((id) => graph.entity(id)?.native_id).join(' ');
    return `${chain.head.open ? '(' : ''}${names}${chain.tail.open ? ')' : ''}`;
  };
  return {
    ...built,
    readable: built.chains.map(text).sort(),
    find(wanted) {
      const chain = built.chains.find((one) => text(one) === wanted);
      if (chain === undefined) throw new Error(`no chain ${wanted}`);
      return chain;
    },
  };
}

const event = (builder: GraphBuilder, id = 'event', source = 'aws'): string =>
  builder.entity(source, 'resource', id, { subtype: 'event_source' });

describe('execution chains', () => {
  it('DATA-06: run from the event source along the flow of authority to the resource', () => {
    const built = build((builder) => {
      const work = builder.entity('aws', 'workload', 'work');
      const role = builder.entity('aws', 'role', 'role');
      const statement = builder.entity('aws', 'permission', 'statement');
      builder.edge(work, 'TRIGGERED_BY', event(builder));
      builder.edge(work, 'RUNS_AS', role);
      builder.edge(role, 'GRANTS', statement);
      builder.edge(statement, 'APPLIES_TO', builder.entity('aws', 'resource', 'bucket'));
    });
    expect(built.readable).toEqual(['event work role statement bucket']);
    const [chain] = built.chains;
    expect(chain).toMatchObject({ source_system: 'aws', source_tenant: 'aws-1', truncated: false, limit: null });
    expect(chain?.edges).toHaveLength(4);
    expect(chain?.id).toBe(digestOf([chain?.anchor, chain?.edges]));
  });

  it('DATA-06: an open tail in the middle gives a segment of its own, and the rest another', () => {
    const built = build((builder) => {
      const work = builder.entity('github', 'workload', 'work');
      builder.edge(work, 'TRIGGERED_BY', event(builder, 'push', 'github'));
      const subject = builder.entity('github', 'identity', 'subject', { keys: [key(JOIN_KEYS.oidcSubject, 'host|s')] });
      const secret = builder.entity('github', 'credential', 'secret', { keys: [key(JOIN_KEYS.usesRoleArn, 'arn:aws:iam::1:role/r')] });
      builder.edge(work, 'CAN_REQUEST_OIDC', subject);
      builder.edge(work, 'REFERENCES_SECRET', secret);
      builder.edge(secret, 'CAN_ACCESS', builder.entity('github', 'resource', 'repo'));
    });
    expect(built.readable).toEqual(['push work secret repo', 'push work secret)', 'push work subject)']);
    expect(built.find('push work secret)').tail.join_keys).toEqual([key(JOIN_KEYS.usesRoleArn, 'arn:aws:iam::1:role/r')]);
  });

  it('DATA-06: begin at every entity that another source can enter, also where nothing follows', () => {
    const built = build((builder) => {
      const principal = builder.entity('entra', 'identity', 'sp', {
        keys: [key(JOIN_KEYS.entraApp, 't|a'), key(JOIN_KEYS.entraPrincipal, 't|o')],
      });
      builder.edge(principal, 'GRANTS', builder.entity('entra', 'permission', 'read'));
      builder.entity('aws', 'role', 'bare', { keys: [key(JOIN_KEYS.roleArn, 'arn')] });
    });
    expect(built.readable).toEqual(['(bare)', '(sp read', '(sp)']);
    expect(built.find('(sp)')).toMatchObject({
      head: { join_keys: [key(JOIN_KEYS.entraApp, 't|a')] },
      tail: { join_keys: [key(JOIN_KEYS.entraPrincipal, 't|o')] },
    });
    expect(built.find('(bare)').tail.join_keys).toEqual([]);
  });

  it('DATA-06: an entity that its own source leads to begins a chain only if some key asks for it', () => {
    const graph = (asked: string) => (builder: GraphBuilder) => {
      const role = builder.entity('aws', 'role', 'role', { keys: [key(JOIN_KEYS.roleArn, 'arn:1')] });
      const work = builder.entity('aws', 'workload', 'work');
      builder.edge(work, 'RUNS_AS', role);
      builder.edge(role, 'GRANTS', builder.entity('aws', 'permission', 'read'));
      builder.entity('github', 'workload', 'flow', { keys: [key(JOIN_KEYS.usesRoleArn, asked)] });
    };
    expect(build(graph('arn:2')).readable).toEqual(['flow)', 'work role read']);
    expect(build(graph('arn:1')).readable).toEqual(['(role read', 'flow)', 'work role read']);
  });

  it('DATA-06: a source with neither trigger nor foreign key still gives segments, from whatever acts and is not reached', () => {
    const built = build((builder) => {
      const user = builder.entity('aws', 'identity', 'user');
      const role = builder.entity('aws', 'role', 'role');
      builder.edge(user, 'HAS_CREDENTIAL', builder.entity('aws', 'credential', 'key'));
      builder.edge(user, 'GRANTS', builder.entity('aws', 'permission', 'read'));
      builder.edge(role, 'TRUSTS', user);
      builder.entity('aws', 'identity', 'idle');
    });
    expect(built.readable).toEqual(['key user read', 'key user role)']);
  });

  it('DATA-06: a permission ends at what it applies to: reaching a role is not acting as it', () => {
    const built = build((builder) => {
      const user = builder.entity('aws', 'identity', 'user');
      const pass = builder.entity('aws', 'permission', 'pass-role');
      const role = builder.entity('aws', 'role', 'role');
      builder.edge(user, 'GRANTS', pass);
      builder.edge(pass, 'APPLIES_TO', role);
      builder.edge(role, 'GRANTS', builder.entity('aws', 'permission', 'read'));
    });
    expect(built.readable).toEqual(['user pass-role role']);
  });

  it('DATA-06: a statement that denies, an owner and evidence are no links of a chain', () => {
    const built = build((builder) => {
      const user = builder.entity('aws', 'identity', 'user');
      const group = builder.entity('aws', 'identity', 'group');
      builder.edge(user, 'GRANTS', builder.entity('aws', 'permission', 'deny', { props: { effect: 'Deny' } }));
      builder.edge(user, 'GRANTS', builder.entity('aws', 'permission', 'allow', { props: { effect: 'Allow' } }));
      builder.edge(builder.entity('aws', 'owner', 'person'), 'MEMBER_OF', group);
      builder.edge(group, 'GRANTS', builder.entity('aws', 'permission', 'human'));
    });
    expect(built.readable).toEqual(['user allow']);
  });

  it('DATA-06: a resource that starts a workload begins a chain; any other ends one', () => {
    const built = build((builder) => {
      const bucket = builder.entity('aws', 'resource', 'bucket');
      const work = builder.entity('aws', 'workload', 'work');
      const writer = builder.entity('aws', 'identity', 'writer');
      builder.edge(work, 'TRIGGERED_BY', bucket);
      builder.edge(work, 'CAN_ACCESS', builder.entity('aws', 'resource', 'table'));
      builder.edge(writer, 'CAN_ACCESS', bucket);
    });
    expect(built.readable).toEqual(['bucket work table', 'writer bucket']);
  });

  it('DATA-06: a held role is an end; a role that can be assumed and holds nothing known is open, with no keys', () => {
    const built = build((builder) => {
      const principal = builder.entity('entra', 'identity', 'sp');
      builder.edge(principal, 'HAS_ROLE', builder.entity('entra', 'role', 'global-admin'));
      builder.edge(builder.entity('aws', 'workload', 'work'), 'RUNS_AS', builder.entity('aws', 'role', 'empty'));
    });
    expect(built.readable).toEqual(['sp global-admin', 'work empty)']);
  });

  it('DATA-06: no entity is twice in a chain, and a ring that nothing leads into still has one', () => {
    const built = build((builder) => {
      const [a, b, c] = ['a', 'b', 'c'].map((id) => builder.entity('servicenow', 'workload', id)) as [string, string, string];
      builder.edge(a, 'CALLS', b);
      builder.edge(b, 'CALLS', c);
      builder.edge(c, 'CALLS', a);
      builder.edge(c, 'CALLS', c);
    });
    expect(built.chains).toHaveLength(1);
    expect(built.chains[0]?.nodes).toHaveLength(3);
    expect(built.chains[0]?.anchor).toBe([...(built.chains[0]?.nodes ?? [])].sort()[0]);
  });

  it('DATA-06: of parallel edges one stands for the hop, and acting as the target goes before reaching it', () => {
    const built = build((builder) => {
      const from = builder.entity('aws', 'role', 'from', { keys: [key(JOIN_KEYS.roleArn, 'arn')] });
      const to = builder.entity('aws', 'role', 'to');
      for (let n = 0; n < 8; n += 1) builder.edge(from, 'APPLIES_TO', to, String(n));
      builder.edge(to, 'TRUSTS', from);
      builder.edge(to, 'TRUSTS', from, 'again');
      builder.edge(to, 'GRANTS', builder.entity('aws', 'permission', 'read'));
    });
    expect(built.readable).toEqual(['(from to read']);
  });

  it('DATA-06: a segment stays within one tenant of one source; where authority crosses, both ends are open', () => {
    const built = build((builder) => {
      const role = builder.entity('aws', 'role', 'role', { tenant: '2' });
      const user = builder.entity('aws', 'identity', 'user', { tenant: '1' });
      builder.edge(role, 'TRUSTS', user);
      builder.edge(user, 'HAS_CREDENTIAL', builder.entity('aws', 'credential', 'key', { tenant: '1' }));
      builder.edge(role, 'GRANTS', builder.entity('aws', 'permission', 'read', { tenant: '2' }));
    });
    expect(built.readable).toEqual(['(role read', 'key user)']);
    expect(built.chains.map((chain) => chain.source_tenant).sort()).toEqual(['1', '2']);
  });

  it('DATA-06: a stand-in for another account, which only leads elsewhere, is no chain', () => {
    const built = build((builder) => {
      const role = builder.entity('aws', 'role', 'role', { tenant: '2' });
      builder.edge(role, 'TRUSTS', builder.entity('aws', 'identity', 'account-1', { tenant: '1' }));
    });
    expect(built.readable).toEqual([]);
  });

  it('DATA-06: a cloud service that roles trust is no link: the role begins its own chain, and the workload that runs as it another', () => {
    const built = build((builder) => {
      const service = builder.entity('aws', 'identity', 'lambda.amazonaws.com', { subtype: 'aws_service' });
      for (const name of ['a', 'b']) {
        const role = builder.entity('aws', 'role', `role-${name}`, { keys: [key(JOIN_KEYS.roleArn, name)] });
        builder.edge(role, 'TRUSTS', service);
        builder.edge(role, 'GRANTS', builder.entity('aws', 'permission', `read-${name}`));
        if (name === 'a') builder.edge(builder.entity('aws', 'workload', 'work'), 'RUNS_AS', role);
      }
    });
    expect(built.readable).toEqual(['(role-b read-b', 'work role-a read-a']);
  });

  it('DATA-06: being in a repository gives nothing: a workflow without more to reach is an end', () => {
    const built = build((builder) => {
      const work = builder.entity('github', 'workload', 'work');
      builder.edge(work, 'TRIGGERED_BY', event(builder, 'push', 'github'));
      builder.edge(work, 'MEMBER_OF', builder.entity('github', 'resource', 'repository'));
    });
    expect(built.readable).toEqual(['push work)']);
  });

  it('DATA-06: chains come in id order, each id once', () => {
    const built = build((builder) => {
      for (let n = 0; n < 20; n += 1)
        builder.edge(builder.entity('aws', 'identity', `u${n}`), 'GRANTS', builder.entity('aws', 'permission', `p${n}`));
    });
    const ids = built.chains.map((chain) => chain.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toHaveLength(20);
  });
});
