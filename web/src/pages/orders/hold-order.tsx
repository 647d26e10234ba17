import { createSignal, type JSX, Show } from 'solid-js'
import type { HoldOutcome, ReleaseOutcome } from '../../api/answers.ts'
import { isTimeOrNone, timeOf } from '../../local-time.ts'
import { TimeField } from '../../parts/time-field.tsx'
import { texts } from '../../texts.ts'
import { Effects } from './effects.tsx'
import { type OfPart, OrderAction, orderActionPath } from './order-action.tsx'

/** Holds the vendor's part of the order, or every vendor's, until a time or until somebody releases it. */
export function HoldOrder(props: OfPart & { readonly hasOthers: boolean }): JSX.Element {
  const [until, setUntil] = createSignal('')
  const [isAll, setIsAll] = createSignal(false)
  const body = () => {
    const end = timeOf(until())
    return {
      ...(isAll() ? {} : { connection: props.part.connection }),
      ...(end === null ? {} : { until: end }),
    }
  }
  return (
    <OrderAction<HoldOutcome>
      title={texts.orderActions.holdOrderTitle(props.number, props.part.connection)}
      lead={texts.orderActions.holdOrderLead}
      submit={texts.orderActions.holdOrder}
      done={texts.orderActions.orderHeld(props.number)}
      request={{ method: 'PUT', path: orderActionPath(props.source, props.number, 'hold'), body: body() }}
      takesReason
      isReady={isTimeOrNone(until())}
      choices={
        <>
          <Show when={props.hasOthers}>
            <label class="check">
              <input type="checkbox" checked={isAll()} onChange={(event) => setIsAll(event.currentTarget.checked)} />
              {texts.orderActions.allParts}
            </label>
          </Show>
          <TimeField
            label={texts.orderActions.until}
            hint={texts.orderActions.untilHint}
            class="field action-until"
            value={until()}
            onInput={setUntil}
          />
        </>
      }
      preview={(told) => <Effects of={told.parts.map(({ connection, effect }) => ({ connection, effect }))} />}
      onClose={props.onClose}
    />
  )
}

/** Releases the vendor's part of the order. */
export function ReleaseOrder(props: OfPart): JSX.Element {
  return (
    <OrderAction<ReleaseOutcome>
      title={texts.orderActions.releaseOrderTitle(props.number, props.part.connection)}
      lead={texts.orderActions.releaseOrderLead}
      submit={texts.orderActions.releaseOrder}
      done={texts.orderActions.orderReleased(props.number)}
      request={{
        method: 'POST',
        path: orderActionPath(props.source, props.number, 'release'),
        body: { connection: props.part.connection },
      }}
      takesReason={false}
      preview={(told) => (
        <Effects
          of={told.parts.map(({ connection, waiting }) => ({
            connection,
            effect: texts.orderActions.waits(waiting),
          }))}
        />
      )}
      onClose={props.onClose}
    />
  )
}
