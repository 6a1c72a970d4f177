/** Between asking for a run and its record: the workflow makes the record when it claims the scope. */
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Code } from '../components/text.tsx';
import { runsLink } from '../links.ts';

export interface StartingModel {
  readonly frame: PageFrame;
  readonly run_id: string;
  /** True once we have stopped asking again by ourselves. */
  readonly gave_up: boolean;
}

export function StartingPage(model: StartingModel) {
  return (
    <Layout frame={model.frame}>
      <h1>{model.gave_up ? 'This run has no record' : 'The run is starting'}</h1>
      {model.gave_up ? (
        <p>
          It was asked for, but nothing has claimed its scope. Another run of the scope may be in flight, or no worker is at work: its
          workflow in Temporal says which.
        </p>
      ) : (
        <p role="status">Its page appears here as soon as a worker has claimed the scope.</p>
      )}
      <p class="quiet">
        Run id <Code text={model.run_id} />. <a href={runsLink()}>All runs</a>
      </p>
    </Layout>
  );
}
