import type { JSX } from 'solid-js'
import type { VendorAction } from '../../api/answers.ts'
import { texts } from '../../texts.ts'
import { Effects } from './effects.tsx'
import { type OfPart, OrderAction, orderActionPath } from './order-action.tsx'

/** Actions that change a part only at its vendor: send it again, or cancel it there. */
export type VendorActionName = 'resend' | 'cancel'

const words = texts.orderActions

const actions = {
  resend: {
    title: words.resendTitle,
    lead: words.resendLead,
    submit: words.resend,
    done: words.resendDone,
    more: {},
  },
  cancel: {
    title: words.cancelTitle,
    lead: words.cancelLead,
    submit: words.cancelOrder,
    done: words.cancelDone,
    more: { isDanger: true, dismiss: words.keep },
  },
} as const

/** Asks for confirmation of such an action on the vendor's part. */
export function AtVendor(props: OfPart & { readonly action: VendorActionName }): JSX.Element {
  const action = () => actions[props.action]
  return (
    <OrderAction<VendorAction>
      title={action().title(props.number, props.part.connection)}
      lead={action().lead}
      submit={action().submit}
      done={action().done(props.number)}
      request={{
        method: 'POST',
        path: orderActionPath(props.source, props.number, props.action),
        body: { connection: props.part.connection, confirm: true },
      }}
      takesReason
      {...action().more}
      preview={(told) => <Told action={told} />}
      onClose={props.onClose}
    />
  )
}

/** The effect at the vendor, and the lines concerned. */
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
