import { describe, expect, it } from 'vitest'
import { markComing } from '../../../src/configuration/applied-marks.ts'
import { rowsOf } from '../../../src/configuration/apply-configuration.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { applyConfiguration, previewApply } from '../../../src/operations/apply-folder.ts'
import { putDocument, removeDocument, showDocument } from '../../../src/operations/configuration.ts'
import { everything } from '../../../src/operations/principal.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { configurationOf } from '../../worlds/two-sellers.ts'

const ann = everything({ kind: 'api', name: 'ann' })
const folder: Configuration = {
  ...configurationOf(['a', 'b']),
  metadata: [metadataWith('a', ruleWith('name', { from: 'name', required: true }))],
}
const [a, b] = folder.connections
if (a === undefined || b === undefined) throw new Error('two connections')
const PLACE = { kind: 'connection', id: 'a' } as const

async function applied() {
  const { operations } = apiFixture()
  const apply = (configuration: Configuration, changedSince?: 'refuse' | 'overwrite' | 'keep') =>
    applyConfiguration(operations, ann, {
      configuration,
      reason: null,
      ...(changedSince === undefined ? {} : { changedSince }),
    })
  await apply(folder)
  const statesOf = async () =>
    (await readConfiguration(operations.tables)).connections.find(({ id }) => id === 'a')?.orderStates
  /** As the page changes it. */
  const edit = async () => {
    const { document, revision } = await showDocument(operations, ann, PLACE)
    const body = { ...document, orderStates: ['processing', 'complete'] }
    await putDocument(operations, ann, { ...PLACE, body, revision, reason: 'paid later' })
  }
  return { operations, apply, edit, statesOf }
}

describe('a folder that is applied again', () => {
  it('does not undo what somebody changed otherwise: it says who, when, why, and writes nothing', async () => {
    const { apply, edit, statesOf } = await applied()
    await edit()
    const other = { ...folder, connections: [a, { ...b, bundles: 'refuse' as const }] }
    await expect(apply(other)).rejects.toMatchObject({
      code: 'revision_differs',
      message: expect.stringMatching(/connection a, by ann at \S+ \(paid later\).*--dry-run.*--overwrite/),
    })
    expect(await statesOf()).toEqual(['processing', 'complete'])
  })

  it('is applied when it has the change, too, or says to overwrite', async () => {
    const { apply, edit, statesOf } = await applied()
    await edit()
    const taken = { ...folder, connections: [{ ...a, orderStates: ['processing', 'complete'] }, b] }
    expect((await apply(taken)).changed).toEqual([])
    await edit()
    expect((await apply(folder)).changed).toEqual(['connection a'])
    await edit()
    expect((await apply(folder, 'overwrite')).changed).toEqual(['connection a'])
    expect(await statesOf()).toEqual(a.orderStates)
  })

  it('keeps what was changed, or removed, where nobody can be asked', async () => {
    const { operations, apply, edit, statesOf } = await applied()
    await edit()
    await removeDocument(operations, ann, { kind: 'connection', id: 'b', revision: undefined, confirm: true })
    const done = await apply(folder, 'keep')
    expect(done.kept.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['connection a', 'connection b'])
    expect(done.changed).toEqual([])
    expect(await statesOf()).toEqual(['processing', 'complete'])
    expect((await readConfiguration(operations.tables)).connections.map(({ id }) => id)).toEqual(['a'])
    // It is told until the folder has it.
    expect((await apply(folder, 'keep')).kept).toHaveLength(2)
  })

  it('that was cut off is applied to its end: its own writes are nobody else’s', async () => {
    const { operations, apply } = await applied()
    const next = { ...folder, connections: [{ ...a, orderStates: ['new'] }, b] }
    await markComing(operations.tables, rowsOf(next))
    const { document } = await showDocument(operations, ann, PLACE)
    await putDocument(operations, ann, { ...PLACE, body: { ...document, orderStates: ['new'] }, revision: undefined })
    expect((await apply({ ...folder, connections: [{ ...a, orderStates: ['later'] }, b] })).changed).toEqual([
      'connection a',
    ])
  })

  it('of documents that no folder was applied for says nothing', async () => {
    const { operations } = apiFixture()
    await applyConfiguration(operations, ann, {
      configuration: { ...folder, connections: [a], metadata: [] },
      reason: null,
    })
    const { kind, ...document } = (await showDocument(operations, ann, PLACE)).document
    await putDocument(operations, ann, {
      kind: 'connection',
      id: 'b',
      body: { ...document, kind, id: 'b', shop: 'shop-b', reads: b.reads, ownership: { skuPattern: '^B' } },
      revision: null,
    })
    const done = await applyConfiguration(operations, ann, { configuration: folder, reason: null })
    expect(done.changed).toContain('connection b')
  })

  it('shows before what it would change, field by field, and what it would undo', async () => {
    const { operations, edit, statesOf } = await applied()
    await edit()
    const next = { ...folder, connections: [a, { ...b, bundles: 'refuse' as const }] }
    const effects = await previewApply(operations, ann, next)
    const shown = effects.map(({ kind, id, outcome, changes, changedSince }) => {
      return [`${kind} ${id}`, outcome, changes.map(({ field }) => field), changedSince?.by ?? null]
    })
    expect(shown).toEqual([
      ['product-metadata a', 'unchanged', [], null],
      ['system shop-a', 'unchanged', [], null],
      ['system shop-b', 'unchanged', [], null],
      ['system erp', 'unchanged', [], null],
      ['connection a', 'changed', ['orderStates'], 'ann'],
      ['connection b', 'changed', ['bundles'], null],
    ])
    expect(await statesOf()).toEqual(['processing', 'complete'])
  })

  it('shows a document as changed if only the order of a list differs, as applying it changes it', async () => {
    const { operations, apply } = await applied()
    const rules = [ruleWith('name', { from: 'name', required: true }), ruleWith('color', { from: 'name' })]
    await apply({ ...folder, metadata: [metadataWith('a', ...rules)] })
    const next = { ...folder, metadata: [metadataWith('a', ...rules.toReversed())] }
    const [effect] = await previewApply(operations, ann, next)
    expect([effect?.kind, effect?.outcome, effect?.changes]).toEqual(['product-metadata', 'changed', []])
    expect((await apply(next)).changed).toContain('product-metadata a')
  })

  // The preview left out the connection whose mapping changed; applying it counted the connection, too.
  it('shows the same documents as changed that applying it changes', async () => {
    const { operations, apply } = await applied()
    const other = metadataWith('a', ruleWith('name', { from: 'name', required: false }))
    const next = { ...folder, metadata: [other, metadataWith('b', ruleWith('name', { from: 'name', required: true }))] }
    const effects = (await previewApply(operations, ann, next)).filter(({ outcome }) => outcome !== 'unchanged')
    expect(effects.map(({ kind, id, outcome, because }) => [`${kind} ${id}`, outcome, because])).toEqual([
      ['product-metadata a', 'changed', null],
      ['product-metadata b', 'new', null],
      ['connection a', 'changed', 'mapping'],
      ['connection b', 'changed', 'mapping'],
    ])
    expect((await apply(next)).changed).toEqual(effects.map(({ kind, id }) => `${kind} ${id}`))
  })
})
