// What is proposed from a vendor's file: what it shows, and never a guess about what it does not.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { proposalText } from '../../src/cli/proposal-text.ts'
import { applyConfiguration } from '../../src/operations/configuration.ts'
import { everything, type Principal } from '../../src/operations/principal.ts'
import { proposeSettings } from '../../src/operations/propose-settings.ts'
import { createClients } from '../../src/systems/clients.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiTestTables } from '../worlds/api-fixture.ts'
import { memoryControl } from '../worlds/control-desk.ts'
import { certainOf, openOf, proposedFor } from '../worlds/proposed-settings.ts'
import { governors, systemOf, wallClock } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { workbookFile, zipOf } from '../worlds/workbook-file.ts'

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/queue'
const boss = everything({ kind: 'cli', name: 'boss' })

const GERMAN = [
  'Artikelnummer;Bezeichnung;Lagerort;Verfügbar',
  '0012;Stuhl;OST;1.234',
  '0012;Stuhl;WEST;auf Lager',
  'B-1;"Tisch; rund";OST;auf Lager',
  '1,23E+11;Bank;OST;ausverkauft',
  '',
].join('\r\n')

describe('a stock file', () => {
  it('has its columns, encoding, date and texts, and numbers only where a person has to write them', async () => {
    const content = Buffer.from(GERMAN, 'latin1')
    const proposal = await proposedFor('inventory', { 'Bestand_20261130-0615.csv': content })
    expect(certainOf(proposal)).toEqual({
      'inventory.files': 'Bestand_{yyyy}{MM}{dd}-{HH}{mm}.csv',
      'inventory.encoding': 'windows-1252',
      'inventory.delimiter': ';',
      'inventory.columns.sku': 'Artikelnummer',
      'inventory.columns.quantity': 'Verfügbar',
      'inventory.columns.location': 'Lagerort',
    })
    expect(openOf(proposal)).toEqual({
      'inventory.decimal': '.',
      'inventory.thousands': '.',
      'inventory.quantities': { 'auf Lager': null, ausverkauft: null },
    })
    const text = proposalText([proposal])
    expect(text).toContain('#   auf Lager:\n')
    expect(text).toContain('1.234 in "Verfügbar" is a thousand and more, or a fraction')
    expect(text).toContain(
      '"0012", "B-1", "1,23E+11"; with leading zeros, which are kept: 2; shortened by a spreadsheet, and refused: 1',
    )
    expect(text).toContain('# rows with the SKU of an earlier row: 1; they differ in "Lagerort"')
    expect(text).toContain('# other column "Bezeichnung": "Stuhl", "Tisch; rund", "Bank"')
  })

  it.each([
    [['1.234', '7,5'], { decimal: ',', thousands: '.' }, {}],
    [['1,234', '7.5'], { thousands: ',' }, {}],
    [['1.234.567', '8'], { thousands: '.' }, {}],
    [['1 234,5', '8'], { decimal: ',', thousands: 'space' }, {}],
    [["1'234", '1.5'], { thousands: "'" }, {}],
    [['1.5', '2,5'], {}, { decimal: null }],
    [['0,500', '8'], { decimal: ',' }, {}],
    [['12', '8'], {}, {}],
  ])('with the numbers %j has the signs %j', async (numbers, certain, open) => {
    const rows = numbers.map((number, at) => `A-${at};${number}\n`)
    const proposal = await proposedFor('inventory', { 'stock.csv': `SKU;Qty\n${rows.join('')}` })
    const signs = (all: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        ['decimal', 'thousands'].flatMap((name) =>
          `inventory.${name}` in all ? [[name, all[`inventory.${name}`]]] : [],
        ),
      )
    expect([signs(certainOf(proposal)), signs(openOf(proposal))]).toEqual([certain, open])
  })

  it('that repeats a SKU for no reason, and does not end with a line break, says so', async () => {
    const proposal = await proposedFor('inventory', { 'stock.csv': 'SKU,Warehouse,Qty\nA-1,E,1\nA-1,E,2' })
    expect(certainOf(proposal)).toMatchObject({ 'inventory.lastLineBreak': 'optional' })
    expect(proposal.notes.join('\n')).toContain('rows with the SKU of an earlier row: 1; of these, 1 differ in nothing')
  })

  it('is the newest of its folder that is not empty, with its marker', async () => {
    const files = {
      'stock-2026-11-30.csv': 'SKU,Stock\nA,1\n',
      'stock-2026-11-30.csv.ok': '',
      'stock-2026-11-29.csv': 'SKU,Old\nA,1\n',
    }
    expect((await proposedFor('inventory', files)).from).toBe('inventory/stock-2026-11-30.csv')
    const named = await proposedFor('inventory', files, { 'inventory.files': 'stock-{yyyy}-{MM}-{dd}.csv' })
    expect(named.from).toBe('inventory/stock-2026-11-30.csv')
    expect(certainOf(named)).toEqual({
      'inventory.complete': 'marker',
      'inventory.marker': '{name}.ok',
      'inventory.columns.sku': 'SKU',
      'inventory.columns.quantity': 'Stock',
    })
    expect(named.notes[0]).toContain('stock-2026-11-29.csv')
  })

  it('without known names has them in a list, and a file without delimiters its places', async () => {
    const strange = await proposedFor('inventory', { 'a.csv': 'x,y\n1,2\n' })
    expect(openOf(strange)).toEqual({ 'inventory.columns.sku': null, 'inventory.columns.quantity': null })
    expect(strange.notes.join('\n')).toContain('other column "x": "1"')
    const fixed = await proposedFor('inventory', { 'a.txt': '0012    00005\nB-1     00017\n' })
    expect(fixed.notes.join('\n')).toContain('of the format fixed, with columns at 1+8, 9+5')
  })
})

it('a workbook with numbers as keys proposes the right column type first', async () => {
  const content = await workbookFile([
    ['Item No', 'Available'],
    [12, 5],
    ['B-1', 'N/A'],
  ])
  const proposal = await proposedFor('inventory', { 'stock.xlsx': content })
  expect(certainOf(proposal)).toMatchObject({ 'inventory.format': 'xlsx', 'inventory.columns.sku': 'Item No' })
  expect(openOf(proposal)).toEqual({ 'inventory.quantities': { 'N/A': null }, 'inventory.numericKeys': 'accepted' })
})

it('a price file has its dates, and a currency only if it says one', async () => {
  const content = 'SKU;Preis;Gültig ab\nA;1,50;13.01.2026\nB;2,50;01.02.2026\n'
  const proposal = await proposedFor('prices', { 'prices.csv': content })
  expect(certainOf(proposal)).toMatchObject({
    'prices.decimal': ',',
    'prices.dates': 'dd.MM.yyyy',
    'prices.columns.price': 'Preis',
  })
  expect(openOf(proposal)).toEqual({ 'prices.currency': null })
  const open = await proposedFor('prices', { 'prices.csv': 'SKU,Price,Currency,Valid From\nA,1.5,EUR,01/02/2026\n' })
  expect(openOf(open)).toEqual({ 'prices.dates': 'dd/MM/yyyy' })
})

it('a list of images has its addresses', async () => {
  const proposal = await proposedFor('images', { 'images.csv': 'SKU,Image URL\nA-1,https://cdn.example/a.jpg\n' })
  expect(certainOf(proposal)).toMatchObject({ 'images.columns.sku': 'SKU', 'images.columns.url': 'Image URL' })
})

it('a tracking file shows no data of people, orders or parcels', async () => {
  const content =
    'PO Number,SKU,Qty,Tracking Number,Carrier,Customer Name,E-Mail\nacme-1001,A-1,2,1Z999AA1,UPS,Zoë Łukasz,zoe@example.com\n'
  const proposal = await proposedFor('fulfilments', { 'tracking.csv': content })
  const text = proposalText([proposal])
  expect(certainOf(proposal)).toMatchObject({
    'fulfilments.columns.order': 'PO Number',
    'fulfilments.columns.tracking': 'Tracking Number',
    'fulfilments.columns.carrier': 'Carrier',
  })
  expect(text).toContain('"xxxx-9999"')
  for (const secret of ['1001', '1Z999', 'Zoë', 'zoe@', 'example.com']) expect(text).not.toContain(secret)
})

it('a file of answers to orders lists its statuses, without what they mean', async () => {
  const content =
    'Your Order;Artikelnummer;Menge;Status;Bemerkung\nacme-1;A-1;2;OK;\nacme-2;A-1;1;abgelehnt;Frau Müller fragen\n'
  const proposal = await proposedFor('acknowledgements', { 'answers.csv': content })
  expect(certainOf(proposal)).toMatchObject({
    'acknowledgements.columns.order': 'Your Order',
    'acknowledgements.columns.status': 'Status',
    'acknowledgements.columns.reason': 'Bemerkung',
  })
  expect(openOf(proposal)).toEqual({ 'acknowledgements.kinds': { OK: null, abgelehnt: null } })
  expect(proposalText([proposal])).not.toContain('Müller')
})

it.each([
  ['Lagerort', '"OST"'],
  ['Kundengruppe', '"OST"'],
  ['Capacity', '"OST"'],
  ['Ort', '"XXX"'],
  ['ship_city', '"XXX"'],
  ['Empfänger', '"XXX"'],
  ['customerEmail', '"XXX"'],
])('the column %s shows %s', async (name, shown) => {
  const { notes, settings } = await proposedFor('products', { 'a.csv': `SKU,${name}\nA-1,OST\n` })
  expect(JSON.stringify([notes, settings])).toContain(JSON.stringify(shown).slice(1, -1))
})

it('a file in an archive is the one with rows, or the one that the settings name', async () => {
  const files = { 'a.txt': 'hello', 'old.csv': 'SKU,Old\nA,1\n', 'stock.csv': 'SKU,Stock\nA,1\n' }
  const zip = await zipOf(files)
  expect(certainOf(await proposedFor('inventory', { 'v1.2 stock.zip': zip }))).toMatchObject({
    'inventory.files': '*.zip',
    'inventory.zipped': 'old.csv',
  })
  const named = await proposedFor('inventory', { 'stock.zip': zip }, { 'inventory.zipped': 'stock*' })
  expect(certainOf(named)).toMatchObject({ 'inventory.columns.quantity': 'Stock' })
})

describe('what can not be', () => {
  it.each([
    [{}, 'not_found', 'system acme has no file in inventory'],
    [{ 'stock.csv': '' }, 'source_data_invalid', 'all files in inventory are empty: "stock.csv"'],
    [{ 'stock.csv': ' \n' }, 'source_data_invalid', 'it is empty'],
    [{ 'stock.pdf': '%PDF-1.7 …' }, 'source_data_invalid', 'it is a PDF document'],
  ])('%j', async (files, code, message) => {
    await expect(proposedFor('inventory', files)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })

  it('an entity without files', async () => {
    await expect(proposedFor('orders', {})).rejects.toMatchObject({ code: 'request_invalid' })
  })

  it('an unknown system, one that the caller does not see, and one of another type', async () => {
    const root = mkdtempSync(join(tmpdir(), 'waldstream-sample-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    mkdirSync(join(root, 'acme', 'inventory'), { recursive: true })
    writeFileSync(join(root, 'acme', 'inventory', 'stock.csv'), 'SKU,Stock\nA,1\n')
    const tables = memoryTables(apiTestTables)
    const { deps } = memoryControl(tables, wallClock)
    const acme = systemOf({ id: 'acme', type: 'files', address: 'folder:///' })
    const erp = systemOf({ id: 'queue', type: 'sqs', address: QUEUE, settings: { region: 'eu-west-1' } })
    const configuration = { revision: 0, systems: [acme, erp], connections: [], metadata: [] }
    await applyConfiguration(deps, boss, { configuration, reason: null })
    const folderOf = (id: string) => join(root, id)
    const known = { clock: wallClock, governors, network: localNetwork, logger: silentLogger, resolveSecret: () => 'x' }
    const clients = createClients({ ...known, folderOf, mayUseRole: () => true })
    const ask = async (system: string, by = boss) =>
      await proposeSettings({ ...deps, clients }, by, { system, entity: null }, new AbortController().signal)
    expect(await ask('acme')).toMatchObject([{ entity: 'inventory', from: 'inventory/stock.csv' }])
    await expect(ask('other')).rejects.toMatchObject({ code: 'not_found' })
    const stranger: Principal = { ...boss, scope: { connections: new Set(), systems: new Set(['queue']) } }
    await expect(ask('acme', stranger)).rejects.toMatchObject({ code: 'not_found' })
    await expect(ask('queue')).rejects.toMatchObject({ code: 'request_invalid', field: 'system' })
  })
})
