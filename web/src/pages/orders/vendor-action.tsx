import type { JSX } from 'solid-js'
import type { VendorAction } from '../../api/answers.ts'
import { texts } from '../../texts.ts'
import { Effects } from './effects.tsx'
import { type OfPart, OrderAction, orderActionPath } from './order-action.tsx'

const confirmed = { confirm: true } as const

/** Sends the vendor's part again. */
export function SendAgain(props: OfPart): JSX.Element {
  return (
    <OrderAction<VendorAction>
      title={texts.orderActions.resendTitle(props.number, props.part.connection)}
      lead={texts.orderActions.resendLead}
      submit={texts.orderActions.resend}
      done={texts.orderActions.resendDone(props.number)}
      request={{
        method: 'POST',
        path: orderActionPath(props.source, props.number, 'resend'),
        body: { connection: props.part.connection, ...confirmed },
      }}
      takesReason
      preview={(told) => <Told action={told} />}
      onClose={props.onClose}
    />
  )
}

/** Cancels the vendor's part there, and nowhere else. */
export function CancelAtVendor(props: OfPart): JSX.Element {
  return (
    <OrderAction<VendorAction>
      title={texts.orderActions.cancelTitle(props.number, props.part.connection)}
      lead={texts.orderActions.cancelLead}
      submit={texts.orderActions.cancelOrder}
      done={texts.orderActions.cancelDone(props.number)}
      request={{
        method: 'POST',
        path: orderActionPath(props.source, props.number, 'cancel'),
        body: { connection: props.part.connection, ...confirmed },
      }}
      takesReason
      isDanger
      dismiss={texts.orderActions.keep}
      preview={(told) => <Told action={told} />}
      onClose={props.onClose}
    />
  )
}

/** What it comes to at the vendor, and of which lines. */
function Told(props: { readonly action: VendorAction }): JSX.Element {
  const lines = () =>
    props.action.lines.map(({ sku, open, wanted }) => ({
      connection: sku,
      effect: texts.orderActions.pieces(open, wanted),
    }))
  return (
    <>
      <p class="effect">{props.action.effect}</p>
      <Effects of={lines()} />
    </>
  )
}
