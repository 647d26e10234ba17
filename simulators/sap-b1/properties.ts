import { invalidProperty } from './problems.ts'
import type { Entity, Store } from './store.ts'

const words = (text: string) => text.trim().split(/\s+/)

/** Known properties of each type, besides the company's user fields: those used here and related ones. */
const properties: Readonly<Record<string, ReadonlySet<string>>> = {
  Item: new Set(
    words(`ItemCode ItemName ForeignName ItemsGroupCode BarCode SalesItem InventoryItem PurchaseItem Valid ValidFrom ValidTo
    Frozen FrozenFrom FrozenTo QuantityOnStock QuantityOrderedByCustomers QuantityOrderedFromVendors SalesUnit InventoryUOM
    DefaultWarehouse ManageBatchNumbers ManageSerialNumbers TreeType User_Text Picture SWW Manufacturer SupplierCatalogNo
    SalesUnitWeight SalesWeightUnit MovingAveragePrice AvgStdPrice ProdStdCost CreateDate CreateTime UpdateDate UpdateTime ItemPrices
    ItemWarehouseInfoCollection ItemBarCodeCollection`),
  ),
  BusinessPartner: new Set(
    words(`CardCode CardName CardType GroupCode EmailAddress Phone1 Phone2 Cellular PriceListNum Currency FederalTaxID Valid
    Frozen DiscountPercent ShipToDefault BilltoDefault CreateDate CreateTime UpdateDate UpdateTime BPAddresses
    ContactEmployees Series`),
  ),
  Document: new Set(
    words(`DocEntry DocNum DocType DocDate DocDueDate TaxDate DocTime CardCode CardName NumAtCard Address Address2 ShipToCode
    PayToCode DocCurrency DocRate DocTotal DocTotalFc VatSum VatSumFc DiscountPercent TotalDiscount Comments JournalMemo Reference1
    Reference2 SalesPersonCode TransportationCode DocumentStatus Cancelled CancelStatus CancelDate Confirmed CreationDate
    UpdateDate UpdateTime ContactPersonCode BPL_IDAssignedToInvoice TrackingNumber Project PaymentGroupCode PaymentMethod
    DocumentLines DocumentAdditionalExpenses AddressExtension TaxExtension ClosingRemarks OpeningRemarks Series
    DocumentsOwner Indicator PartialSupply`),
  ),
  DocumentLine: new Set(
    words(`LineNum ItemCode ItemDescription Quantity Price UnitPrice PriceAfterVAT GrossPrice Currency DiscountPercent
    LineTotal TaxCode VatGroup TaxTotal WarehouseCode ShipDate LineStatus RemainingOpenQuantity OpenAmount BaseType BaseEntry
    BaseLine UoMCode UoMEntry TreeType FreeText BarCode SupplierCatNum CostingCode ProjectCode AccountCode TaxLiable
    SalesPersonCode ShippingMethod DocEntry`),
  ),
  PriceList: new Set(
    words(`PriceListNo PriceListName GroupNum BasePriceList Factor RoundingMethod RoundingRule FixedAmount IsGrossPrice Active
    ValidFrom ValidTo DefaultPrimeCurrency DefaultAdditionalCurrency1 DefaultAdditionalCurrency2`),
  ),
  SpecialPrice: new Set(
    words(`ItemCode CardCode Price Currency DiscountPercent PriceListNum AutoUpdate SourcePrice Valid ValidFrom ValidTo
    SpecialPriceDataAreas`),
  ),
  State: new Set(words('Country Code Name')),
  DocumentAdditionalExpense: new Set(
    words('ExpenseCode LineTotal Remarks TaxCode VatGroup TaxLiable TaxSum DistributionMethod LineNum Status Project'),
  ),
  AddressExtension: new Set(
    ['ShipTo', 'BillTo'].flatMap((side) =>
      words('Street StreetNo Block Building City ZipCode County State Country Address2 Address3').map(
        (part) => side + part,
      ),
    ),
  ),
}

/** Whether the type has the property. */
export function isProperty(store: Store, type: string, name: string): boolean {
  return properties[type]?.has(name) === true || store.hasUserField(type, name)
}

/** @throws SapProblem with the first property that the type does not have */
export function checkProperties(store: Store, type: string, body: Entity): void {
  for (const name of Object.keys(body)) if (!isProperty(store, type, name)) throw invalidProperty(name, type)
}

/** The type of a collection's entities. */
export function typeOf(collection: string): string {
  if (collection === 'Items') return 'Item'
  if (collection === 'BusinessPartners') return 'BusinessPartner'
  if (collection === 'States') return 'State'
  if (collection === 'PriceLists') return 'PriceList'
  if (collection === 'SpecialPrices') return 'SpecialPrice'
  return collection === 'Orders' || collection === 'DeliveryNotes' ? 'Document' : collection
}

export function asObject(body: unknown): Entity {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Entity) : {}
}

export function asList(value: unknown): Entity[] {
  return Array.isArray(value) ? value.map(asObject) : []
}
