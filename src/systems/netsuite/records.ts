import { StreamError } from '../../errors.ts'
import type { Http } from '../../platform/http.ts'
import { percentEncode } from '../kit/oauth1.ts'
import { isWire, textOf, type Wire, wireOf } from '../kit/wire.ts'

/** NetSuite's record service. */
export interface Records {
  /** The record by its internal id, with its sublists; null if it does not exist. */
  getRecord(type: string, id: string, signal?: AbortSignal): Promise<Wire | null>
  /** The record, or null if it does not exist. `expand`: with its sublists. */
  getByExternalId(
    type: string,
    externalId: string,
    options?: { readonly expand?: boolean },
    signal?: AbortSignal,
  ): Promise<Wire | null>
  /**
   * Creates or updates the record with this external id; returns its internal id. Appends to a sublist without keys
   * (the lines of an order) unless it is named in `replace`. `of`: internal id of a record that still has another
   * external id. A field that the account does not have is an error: NetSuite would ignore it silently.
   */
  upsertByExternalId(
    type: string,
    externalId: string,
    body: unknown,
    options?: { readonly replace?: 'item'; readonly of?: string },
    signal?: AbortSignal,
  ): Promise<string>
}

const NAMES_MUST_BE_KNOWN = { 'x-netsuite-propertynamevalidation': 'Error' }

const pathOf = (type: string, id: string) => `/services/rest/record/v1/${type}/${id}`
const byExternalId = (externalId: string) => `eid:${percentEncode(externalId)}`

/** Types of records of persons: their external ids come from the shop. */
const PERSONS: readonly string[] = ['customer']

/** The path of a record; logs and errors do not show ids of persons. */
const placeOf = (type: string, id: string) => ({
  path: pathOf(type, id),
  ...(PERSONS.includes(type) ? { shownPath: pathOf(type, '…') } : {}),
})

export function createRecords(http: Http): Records {
  const getByExternalId: Records['getByExternalId'] = (type, externalId, { expand = false } = {}, signal) =>
    get(http, placeOf(type, byExternalId(externalId)), expand, signal)
  return {
    getRecord: (type, id, signal) => get(http, placeOf(type, percentEncode(id)), true, signal),
    getByExternalId,
    async upsertByExternalId(type, externalId, body, { replace, of } = {}, signal) {
      const answer = await http
        .request({
          method: of === undefined ? 'PUT' : 'PATCH',
          ...placeOf(type, of === undefined ? byExternalId(externalId) : percentEncode(of)),
          query: replace === undefined ? [] : [['replace', replace]],
          headers: NAMES_MUST_BE_KNOWN,
          json: of === undefined ? body : { ...wireOf(body), externalId },
          ...(signal === undefined ? {} : { signal }),
        })
        .catch(rejectMissingReference)
      const given = internalId(answer.headers.get('location'))
      const id = given ?? textOf((await getByExternalId(type, externalId, {}, signal))?.['id'])
      if (id !== null) return id
      throw new StreamError(
        'target_unavailable',
        `NetSuite accepted the ${type}, but does not return it by its external id`,
      )
    },
  }
}

async function get(
  http: Http,
  place: ReturnType<typeof placeOf>,
  expand: boolean,
  signal: AbortSignal | undefined,
): Promise<Wire | null> {
  try {
    const { json } = await http.request({
      method: 'GET',
      ...place,
      query: expand ? [['expandSubResources', 'true']] : [],
      ...(signal === undefined ? {} : { signal }),
    })
    // A truncated answer would look like a record without content.
    if (isWire(json) && textOf(json['id']) !== null) return json
    throw new StreamError(
      'target_unavailable',
      `NetSuite's answer to GET ${place.shownPath ?? place.path} is not a record`,
    )
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return null
    throw error
  }
}

/** A PUT creates a missing record: a 404 means that something the body refers to does not exist. */
function rejectMissingReference(error: unknown): never {
  if (!(error instanceof StreamError) || error.code !== 'not_found') throw error
  const field = error.field === undefined ? {} : { field: error.field }
  throw new StreamError('target_rejected', error.message, { cause: error, details: error.details, ...field })
}

function internalId(location: string | null): string | null {
  return location === null ? null : (/\/(\d+)\/?(?:\?.*)?$/.exec(location)?.[1] ?? null)
}
