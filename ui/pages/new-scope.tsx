import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { ROW_ID } from '../../domain/ids.ts';
import type { InstanceRow } from '../../domain/views/types.ts';
import { type FormState, Hidden, Refusal, TextInput } from '../components/fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { type PreviewState, ScheduleFields } from '../components/schedule.tsx';
import { ScopeFields } from '../components/scope-fields.tsx';
import { Name } from '../components/text.tsx';
import { instanceLink, newScopeLink, schedulePreviewLink } from '../links.ts';

export interface NewScopeModel {
  readonly frame: PageFrame;
  readonly row: InstanceRow;
  readonly manifest: ConnectorManifest;
  readonly form: FormState;
  readonly preview: PreviewState;
  readonly now: Date;
}

export function NewScopePage({ frame, row, manifest, form, preview, now }: NewScopeModel) {
  const { instance } = row;
  return (
    <Layout frame={frame}>
      <p class="quiet">
        <a href={instanceLink(instance._id)}>
          <Name text={instance.name} />
        </a>{' '}
        of <Name text={row.tenant_name ?? instance.tenant_id} />
      </p>
      <h1>New scope</h1>
      <p>
        A scope says which categories of <Name text={manifest.title} limit={64} /> are read, how often, and within which bounds.
      </p>
      <Refusal form={form} what="Not made" />
      <form method="post" action={newScopeLink(instance._id)} class="fields" data-preview={schedulePreviewLink()}>
        <Hidden name="instance" value={instance._id} />
        <TextInput
          form={form}
          name="id"
          label="Id"
          required
          maxlength={ROW_ID.longest}
          hint="Of all installations’ scopes the only one; it cannot be changed. Small letters, digits and - _ . :"
        />
        <ScopeFields form={form} manifest={manifest} existing={false} />
        <ScheduleFields form={form} preview={preview} now={now} />
        <p class="wide-field">
          <button type="submit" name="do" value="save">
            Make the scope
          </button>{' '}
          <button type="submit" name="do" value="preview" class="lesser" formnovalidate>
            Show the next times
          </button>
        </p>
      </form>
    </Layout>
  );
}
