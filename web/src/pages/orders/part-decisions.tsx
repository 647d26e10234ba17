import { type JSX, Show } from 'solid-js'
import type { OrderPart } from '../../api/answers.ts'
import { Icon } from '../../parts/icons.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

/** Who holds a part, why, since and until when. */
export function PartHold(props: { readonly hold: NonNullable<OrderPart['hold']> }): JSX.Element {
  return (
    <div class="note" data-tone="warn">
      <Icon name="pause" />
      <div>
        <strong>{texts.orderActions.heldBy(props.hold.by)}</strong>
        <p>{props.hold.reason}</p>
        <p class="soft">
          {texts.orderActions.since} <Ago at={props.hold.since} />
          <Show when={props.hold.until} fallback={`, ${texts.orderActions.untilReleased}`}>
            {(until) => (
              <>
                , {texts.orderActions.untilTime} <Time at={until()} />
              </>
            )}
          </Show>
        </p>
      </div>
    </div>
  )
}

/** Who canceled a part at its vendor, and why. */
export function PartCancellation(props: {
  readonly cancellation: NonNullable<OrderPart['cancellation']>
}): JSX.Element {
  return (
    <div class="note" data-tone="warn">
      <Icon name="close" />
      <div>
        <strong>{texts.orderActions.canceledBy(props.cancellation.by)}</strong>
        <p>{props.cancellation.reason}</p>
        <p class="soft">
          <Ago at={props.cancellation.at} />, {texts.orderActions.canceledStands}
        </p>
      </div>
    </div>
  )
}
