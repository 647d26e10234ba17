import { readFile } from 'node:fs/promises'
import type { ApiDeps } from '../api/dependencies.ts'
import { noteChange } from '../configuration/changes.ts'
import { type ConfigurationStore, createConfigurationStore } from '../configuration/configuration-store.ts'
import { checkRead } from '../configuration/load-configuration.ts'
import { createResolver } from '../configuration/references.ts'
import type { SystemTypes } from '../configuration/system-type.ts'
import { type CutDateDeps, type CutDateRequest, setCutDate, settleCutDates } from '../control/cut-dates.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { createSyncRequests } from '../control/sync-requests.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Platform } from './platform.ts'
import { orderPusher } from './push-order.ts'

/** What the API and the commands need to see and change what is configured. */
export function configurationPart(
  tables: Tables,
  environment: Readonly<Record<string, string | undefined>>,
  systemTypes: SystemTypes,
): ConfigurationStore {
  const check = (documents: Parameters<typeof checkRead>[0]['documents']) =>
    checkRead({ documents, mistakes: [] }, environment, systemTypes)
  return createConfigurationStore({ tables, check, settle: () => settleCutDates(cutDates(tables)) })
}

/** Cut dates are kept in the same history as the configuration. */
function cutDates(tables: Tables): CutDateDeps {
  return {
    tables,
    note: async (read, { before, after, ...change }) =>
      await noteChange(tables, {
        ...change,
        ...{ kind: 'cut-date', id: read, before: { cut_date: before }, after: { cut_date: after } },
      }),
  }
}

/** Sets cut dates by hand; see `setCutDate`. */
export function cutDatePart(tables: Tables): (read: string, request: CutDateRequest) => Promise<unknown> {
  return (read, request) => setCutDate(cutDates(tables), read, request)
}

/** What the API needs to request runs and take orders. */
export function requestParts(platform: Platform): Pick<ApiDeps, 'syncRequests' | 'pushOrder' | 'resolveSecret'> {
  const { config } = platform
  const parts = { ...platform, topicPrefix: config.topicPrefix }
  return {
    syncRequests: createSyncRequests({ ...platform, requester: createSyncRequester(parts) }),
    pushOrder: orderPusher(parts),
    resolveSecret: createResolver(config.environment, (path) => readFile(path, 'utf8')),
  }
}
