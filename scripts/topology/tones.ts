import type { Tone } from './description.ts';

export const TONES: Readonly<Record<Tone, { readonly stroke: string; readonly fill: string }>> = {
  plain: { stroke: '#1e293b', fill: '#f1f5f9' },
  azure: { stroke: '#1d6fb8', fill: '#e0effb' },
  ours: { stroke: '#18794e', fill: '#dff3e6' },
  secret: { stroke: '#a15c00', fill: '#fff1d6' },
  edge: { stroke: '#6d28d9', fill: '#efe7fd' },
  customer: { stroke: '#b4232a', fill: '#fde8e8' },
};
