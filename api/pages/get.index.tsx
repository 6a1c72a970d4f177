import { z } from 'zod';
import { document } from '../../ui/components/layout.tsx';
import { eventsLink } from '../../ui/links.ts';
import { HomePage } from '../../ui/pages/home.tsx';
import type { Register } from '../schemas/common.ts';
import { frameOf } from './frame.ts';
import { readQuery } from './read.ts';

const query = z.strictObject({});

export const getIndex: Register = (app, deps) => {
  app.get('/', async (c) => {
    readQuery(c, query);
    const now = deps.now();
    const home = await deps.views.operator.home(now);
    return c.html(document(<HomePage frame={{ ...frameOf(deps, c, 'Home', 'home'), live: eventsLink() }} home={home} now={now} />));
  });
  // What the pages are called, and so what people type.
  app.get('/operations', (c) => c.redirect('/'));
};
