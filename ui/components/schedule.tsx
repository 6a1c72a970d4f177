/** Schedules for people: in words, with the next times, and the fields that change one (UI-03). */
import { jitterSeconds } from '../../domain/tenancy/schedule.ts';
import type { ScopeSchedule } from '../../domain/tenancy/types.ts';
import { absolute, duration, inZone } from '../format.ts';
import { Choice, type FormState, TextInput } from './fields.tsx';
import { Time } from './text.tsx';

export interface SchedulePreviewModel {
  readonly schedule: ScopeSchedule;
  readonly words: string;
  readonly next: readonly Date[];
}

/** What one gets to see while typing: words and times, or what is not right yet. */
export type PreviewState = { readonly shown: SchedulePreviewModel } | { readonly problem: string } | null;

export function NextTimes({ next, schedule, now }: { next: readonly Date[]; schedule: ScopeSchedule; now: Date }) {
  const zone = schedule.kind === 'cron' && schedule.timezone !== 'UTC' ? schedule.timezone : null;
  return (
    <ol class="times">
      {next.map((at) => (
        <li>
          <Time at={at} now={now} />: {zone === null ? absolute(at) : `${inZone(at, zone)} ${zone}`}
          {zone === null ? null : <span class="quiet"> ({absolute(at)})</span>}
        </li>
      ))}
    </ol>
  );
}

export function Spread({ schedule }: { schedule: ScopeSchedule }) {
  const seconds = jitterSeconds(schedule);
  if (seconds === 0) return null;
  return <p class="quiet">Each may begin up to {duration(seconds * 1000)} later, so that scopes of one time do not all start at once.</p>;
}

export function SchedulePreview({ preview, now }: { preview: PreviewState; now: Date }) {
  return (
    <div class="preview" data-preview-place="" aria-live="polite">
      {preview === null ? (
        <p class="quiet">Without a schedule it runs only when somebody starts it.</p>
      ) : 'problem' in preview ? (
        <p class="problem">Not valid yet: {preview.problem}</p>
      ) : (
        <>
          <p>
            <b>{preview.shown.words}</b>. The next five times:
          </p>
          <NextTimes next={preview.shown.next} schedule={preview.shown.schedule} now={now} />
          <Spread schedule={preview.shown.schedule} />
        </>
      )}
    </div>
  );
}

const KINDS = [
  ['none', 'No schedule'],
  ['interval', 'At an interval'],
  ['cron', 'At times of the clock'],
] as const;

export const INTERVAL_UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
const ZONES = [
  'UTC',
  'America/Los_Angeles',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Madrid',
];

export function ScheduleFields({ form, preview, now }: { form: FormState; preview: PreviewState; now: Date }) {
  const kind = form.values['schedule.kind']?.[0] ?? 'none';
  return (
    <fieldset class="wide-field schedule">
      <legend>Schedule</legend>
      {KINDS.map(([value, label]) => (
        <div class="kind" data-kind={value}>
          <label>
            <input type="radio" name="schedule.kind" value={value} checked={value === kind} /> {label}
          </label>
          {value === 'interval' ? (
            <div class="fields">
              <TextInput form={form} name="schedule.every" label="Every" numeric maxlength={7} />
              <Choice
                form={form}
                name="schedule.unit"
                label="Unit"
                options={Object.keys(INTERVAL_UNITS).map((unit) => ({ value: unit, label: unit }))}
              />
            </div>
          ) : value === 'cron' ? (
            <div class="fields">
              <TextInput
                form={form}
                name="schedule.expression"
                label="Cron expression"
                hint="minute, hour, day of month, month, day of week: 0 2 * * 1-5"
              />
              <TextInput form={form} name="schedule.timezone" label="Time zone" hint="as Europe/Madrid" maxlength={64} options={ZONES} />
            </div>
          ) : null}
        </div>
      ))}
      <SchedulePreview preview={preview} now={now} />
    </fieldset>
  );
}

/** The stored schedule as the fields show it. */
export function scheduleValues(schedule: ScopeSchedule | null): Readonly<Record<string, readonly string[]>> {
  const empty = { 'schedule.every': ['60'], 'schedule.unit': ['minutes'], 'schedule.expression': [''], 'schedule.timezone': ['UTC'] };
  if (schedule === null) return { ...empty, 'schedule.kind': ['none'] };
  if (schedule.kind === 'cron')
    return {
      ...empty,
      'schedule.kind': ['cron'],
      'schedule.expression': [schedule.expression],
      'schedule.timezone': [schedule.timezone],
    };
  const seconds = schedule.every_seconds;
  const unit = (['days', 'hours', 'minutes'] as const).find((name) => seconds % INTERVAL_UNITS[name] === 0) ?? 'seconds';
  return { ...empty, 'schedule.kind': ['interval'], 'schedule.every': [String(seconds / INTERVAL_UNITS[unit])], 'schedule.unit': [unit] };
}
