import { currentConfiguration } from '../../configuration/current-configuration.ts'
import type { Configuration, Subscription } from '../../configuration/model.ts'
import type { TableDeps } from '../dependencies.ts'
import { notFound, type Principal } from '../principal.ts'
import { seesSubscription } from './event-sequences.ts'

/** A subscription with its configuration. */
export interface FoundSubscription {
  readonly subscription: Subscription
  readonly configuration: Configuration
}

/** Throws `not_found`, also for a subscription that receives events that the caller may not see. */
export async function findSubscription(
  { tables }: Pick<TableDeps, 'tables'>,
  by: Principal,
  id: string,
): Promise<FoundSubscription> {
  const configuration = await currentConfiguration(tables)
  const subscription = configuration.subscriptions?.find((one) => one.id === id)
  if (subscription !== undefined && seesSubscription(by, subscription, configuration.connections)) {
    return { subscription, configuration }
  }
  const what = `there is no subscription "${id}"`
  throw notFound(by, { field: 'id', api: what, cli: `${what}; "waldstream subscriptions list" lists the ids` })
}
