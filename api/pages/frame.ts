import type { PageFrame, Section } from '../../ui/components/layout.tsx';
import { httpLink } from '../../ui/links.ts';
import type { AppDeps } from '../deps.ts';

export const frameOf = (deps: AppDeps, title: string, section: Section): PageFrame => ({
  title,
  section,
  temporal: httpLink(deps.temporalUi?.url ?? null),
});

export const PAGE_SIZE = 25;
