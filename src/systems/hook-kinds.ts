import type { SystemType } from '../configuration/model.ts'
import { bigcommerceHook } from './bigcommerce/webhook.ts'
import { ownHook } from './kit/own-webhook.ts'
import type { HookKind } from './kit/webhook.ts'

/** THE table of hooks: type of system → how it calls. Those that are not here have to be made to call in our own form. */
const kinds: Readonly<Partial<Record<SystemType, HookKind>>> = {
  bigcommerce: bigcommerceHook,
}

export function hookKind(type: SystemType | undefined): HookKind {
  return (type === undefined ? undefined : kinds[type]) ?? ownHook
}
