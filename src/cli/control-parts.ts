import { type CutDateDeps, type CutDateRequest, setCutDate, settleCutDates } from '../control/cut-dates.ts'
import { noteChange } from '../core/changes.ts'
import { type ConfigurationStore, createConfigurationStore } from '../core/configuration-store.ts'
import { checkRead } from '../core/load-configuration.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'

/** What the API and the commands need to see and change what is configured. */
export function configurationPart(
  tables: Tables,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigurationStore {
  const check = (documents: Parameters<typeof checkRead>[0]['documents']) =>
    checkRead({ documents, mistakes: [] }, environment)
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
