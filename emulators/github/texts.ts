/**
 * Texts of workflows. Beside what a scan is for, they hold what it must never pass on: passwords, tokens and scripts, wherever people put
 * them. Each such value is made by `canary`, so that a test can look for all of them.
 */
import { NORTHWIND } from '../story.ts';

const CANARIES: string[] = [];

/** Shaped like nothing real, so that no other tool takes it for a leak; unique by its name. */
function canary(name: string): string {
  const value = `canary-${name}-5d41402abc4b2a76`;
  CANARIES.push(value);
  return value;
}

export const releaseText = (roleArn: string): string => `name: Release ${canary('workflow-name')}
on:
  push:
    branches: [main]
permissions:
  contents: read
env:
  REGISTRY_PASSWORD: ${canary('top-env')}
jobs:
  deploy:
    name: Deploy with ${canary('job-name')}
    runs-on: ubuntu-latest
    environment: ${NORTHWIND.github.deployRepository.environment}
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: actions/checkout@v5
      # the old key was ${canary('comment')}
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: ${roleArn}
          aws-region: eu-central-1
          role-session-name: ${canary('step-input')}
      - run: |
          curl -H "Authorization: Bearer ${canary('script')}" https://hooks.example/deploy
          echo "\${{ secrets.DEPLOY_NOTIFY_TOKEN }}" | ./notify.sh
  announce:
    needs: deploy
    runs-on: ubuntu-latest
    steps:
      - env:
          WEBHOOK: \${{ secrets.SLACK_WEBHOOK }}
          FALLBACK: ${canary('step-env')}
        run: ./announce.sh
`;

export const syncText = (app: { readonly clientId: string; readonly tenantId: string }): string => `name: Customer sync
on:
  workflow_dispatch:
    inputs:
      since:
        description: ${canary('input-description')}
        default: ${canary('input-default')}
permissions:
  id-token: write
  contents: read
jobs:
  sync:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: azure/login@v2
        with:
          client-id: ${app.clientId}
          tenant-id: ${app.tenantId}
          allow-no-subscriptions: true
      - run: ./sync --password '${canary('sync-script')}'
`;

export const triageText = (): string => `on:
  pull_request_target:
    types: [opened, synchronize]
jobs:
  label:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - uses: actions/checkout@v5
        with:
          ref: \${{ github.event.pull_request.head.sha }}
          token: \${{ secrets.TRIAGE_TOKEN }}
      - run: npm ci && npm test
        env:
          NPM_TOKEN: \${{ secrets['npm_token'] }}
          OLD: ${canary('triage-env')}
`;

export const nightlyText = (): string => `on:
  schedule:
    - cron: '17 3 * * *'
  workflow_dispatch:
permissions: { id-token: write, contents: read }
jobs:
  report:
    runs-on: ubuntu-latest
    environment:
      name: \${{ github.event_name == 'schedule' && 'nightly' || 'manual' }}
      url: https://reports.example/?key=${canary('environment-url')}
    steps:
      - run: ./report
`;

export const lakeText = (): string => `on: { push: { branches: [main, 'release/**'], tags: ['v*'] } }
jobs:
  load:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - run: ./load --token ${canary('lake-script')}
  plain:
    runs-on: ubuntu-latest
    steps:
      - run: echo ok
`;

export const reusableText = (): string => `on:
  workflow_call:
    secrets:
      key: { required: true, description: ${canary('call-secret')} }
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - run: ./deploy --key "\${{ secrets.key }}"
`;

export const callerText = (): string => `on: push
jobs:
  store:
    permissions: { id-token: write, contents: read }
    uses: ${NORTHWIND.github.organization}/platform-actions/.github/workflows/deploy.yml@v3
    with:
      note: ${canary('call-input')}
    secrets: inherit
`;

export const ledgerText = (roleArn: string): string => `on: { push: {} }
permissions:
  id-token: write
  contents: read
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: ${roleArn}
          aws-region: eu-west-1
          aws-secret-access-key: ${canary('ledger-input')}
      - run: make build DB_URL=postgres://ledger:${canary('ledger-script')}@db.example/ledger
        if: \${{ github.ref != 'refs/heads/wip' && secrets.LEDGER_SIGNING_KEY != '' }}
`;

export const brokenText = (): string => `on: push\njobs:\n  a: {{ ${canary('broken')}\n`;

export const ciText = (index: number): string => `on:
  pull_request:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v5
      - run: make test KEY=${canary(`ci-${index}`)}${index % 3 === 0 ? '\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}' : ''}
`;

export const describe = (name: string): string => `Everything about ${name}; ask ops for ${canary(`description-${name}`)}`;
export const keyMaterial = (id: number): string => `ssh-ed25519 AAAA${canary(`key-${id}`)}`;
export const keyTitle = (name: string): string => `${name} (${canary(`key-title-${name}`)})`;

/** Every value that must not come out of a scan; complete once the worlds were made and their deploy keys listed. */
export const githubCanaries = (): readonly string[] => [...new Set(CANARIES)].sort();
