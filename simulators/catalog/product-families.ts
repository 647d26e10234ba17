/** A simple product (without `sizes`), or a configurable one with a variant per size and color. */
export interface ProductFamily {
  /** The part of the SKU after the vendor's prefix. */
  code: string
  name: string
  set: 'Tops' | 'Bottoms' | 'Footwear' | 'Gear'
  /** Decimal text, like everything in the file. */
  price: string
  weight: string
  text: string
  material: readonly string[]
  sizes?: readonly string[]
  colors?: readonly string[]
}

/** The vendor: first part of the SKU before the hyphen, and folder of its images. */
export interface VendorRange {
  prefix: string
  families: readonly ProductFamily[]
}

const wear = ['S', 'M', 'L', 'XL']
const shoes = ['38', '40', '42', '44']

function family(
  code: string,
  name: string,
  set: ProductFamily['set'],
  price: string,
  weight: string,
  text: string,
  material: string,
  variants: { sizes?: readonly string[]; colors?: readonly string[] } = {},
): ProductFamily {
  return { code, name, set, price, weight, text, material: material.split('|'), ...variants }
}

/** The demo shop's products: three vendors' ranges and the seller's own. */
export const ranges: readonly VendorRange[] = [
  {
    prefix: 'WLD',
    families: [
      family(
        'J10',
        'Ridgeline Storm Jacket',
        'Tops',
        '189.00',
        '0.62',
        'Three layers against wind and rain.',
        'Nylon|Elastane',
        { sizes: ['XS', ...wear], colors: ['Moss', 'Slate', 'Rust'] },
      ),
      family(
        'F20',
        'Fjällbäck Fleece',
        'Tops',
        '79.95',
        '0.41',
        'Warm when damp, dry within the hour.',
        'Polyester|Wool',
        { sizes: wear, colors: ['Sand', 'Pine', 'Night'] },
      ),
      family(
        'P30',
        'Scree Trousers',
        'Bottoms',
        '99.50',
        '0.48',
        'Stretch at the knee, double cloth at the seat.',
        'Nylon|Cotton',
        { sizes: wear, colors: ['Stone', 'Black'] },
      ),
      family(
        'B40',
        'Gämse Boots',
        'Footwear',
        '219.90',
        '1.35',
        'A stiff sole for loose ground; can be resoled.',
        'Leather|Rubber',
        { sizes: shoes, colors: ['Brown', 'Grey'] },
      ),
      family('G50', 'Windward Gloves', 'Tops', '34.95', '0.09', 'Thin enough to tie a knot in.', 'Wool|Elastane', {
        sizes: ['S', 'M', 'L'],
        colors: ['Black'],
      }),
      family(
        'W15',
        'Lee Side Softshell',
        'Tops',
        '129.00',
        '0.53',
        'Breathes uphill, holds on the ridge.',
        'Nylon|Elastane',
        { sizes: wear, colors: ['Clay', 'Ink', 'Fern'] },
      ),
      family('P35', 'Regenhose Kar', 'Bottoms', '84.95', '0.29', 'Goes on over boots.', 'Nylon', {
        sizes: wear,
        colors: ['Black', 'Slate'],
      }),
      family(
        'T01',
        'Überzelt 2, two-person tent',
        'Gear',
        '349.00',
        '2.2',
        'Stands alone, pitches in four minutes, packs to the size of a loaf.',
        'Nylon|Aluminium',
      ),
      family(
        'T02',
        'Überzelt 4, four-person tent',
        'Gear',
        '529.00',
        '4.15',
        'Two doors, two porches, room to sit up.',
        'Nylon|Aluminium',
      ),
      family(
        'S01',
        'Down Sleeping Bag −5 °C',
        'Gear',
        '279.00',
        '0.98',
        'Comfortable to five degrees of frost.',
        'Down|Nylon',
      ),
      family('S02', 'Summer Sleeping Bag', 'Gear', '89.99', '0.74', 'For huts and warm nights.', 'Polyester'),
      family(
        'K01',
        'Trail Stove "Glut"',
        'Gear',
        '64.50',
        '0.31',
        'Boils a litre in three minutes, also in wind.',
        'Steel|Brass',
      ),
      family('K02', 'Nesting Pots, 3 pieces', 'Gear', '49.00', '0.55', 'One handle for all three.', 'Aluminium'),
      family('K03', 'Enamel Mug', 'Gear', '12.50', '0.14', 'Chips, never breaks.', 'Steel'),
      family('L01', 'Headlamp 400 lm', 'Gear', '54.95', '0.08', 'Charges by USB; red light for tents.', 'Plastic'),
      family('L02', 'Storm Lantern 富士', 'Gear', '38.00', '0.46', 'Burns twenty hours on one filling.', 'Steel|Glass'),
      family(
        'R01',
        'Rucksack Höhenweg 45',
        'Gear',
        '159.00',
        '1.48',
        'Forty-five litres, a frame that can be bent to your back.',
        'Nylon|Aluminium',
      ),
      family('R02', 'Daypack Lerche 18', 'Gear', '69.00', '0.52', 'Eighteen litres and a place for the map.', 'Nylon'),
      family(
        'A01',
        'Trekking Poles, pair',
        'Gear',
        '84.90',
        '0.49',
        'Folds in three, locks without tools.',
        'Carbon|Cork',
      ),
      family('A02', 'Water Filter', 'Gear', '44.95', '0.11', 'A thousand litres from any stream.', 'Plastic'),
    ],
  },
  {
    prefix: 'NRD',
    families: [
      family('PK1', 'Ångström Parka', 'Tops', '299.00', '1.1', 'For standing still in the cold.', 'Cotton|Down', {
        sizes: wear,
        colors: ['Navy', 'Olive'],
      }),
      family('BL2', 'Skarn Base Layer', 'Tops', '59.90', '0.21', 'Fine merino, flat seams.', 'Wool', {
        sizes: wear,
        colors: ['Black', 'Blue'],
      }),
      family('ST3', 'Tromsø Snow Boots', 'Footwear', '149.00', '1.6', 'Felt inside, rubber outside.', 'Rubber|Wool', {
        sizes: shoes,
        colors: ['Black'],
      }),
      family('ML4', 'Røros Mid Layer', 'Tops', '89.00', '0.36', 'Half zip, high collar.', 'Wool', {
        sizes: wear,
        colors: ['Grey', 'Red'],
      }),
      family('HT1', 'Lofoten Wool Hat', 'Gear', '29.00', '0.07', 'Knitted in one piece.', 'Wool'),
      family('SC1', 'Long Scarf, “Nordlys”', 'Gear', '39.00', '0.18', 'Two metres of lambswool.', 'Wool'),
      family('SK1', 'Touring Skis 178 cm', 'Gear', '449.00', '3.3', 'Waxless, with steel edges.', 'Wood|Steel'),
      family('SK2', 'Ski Poles 140 cm', 'Gear', '59.00', '0.4', 'Light, and cork where the hand is.', 'Carbon|Cork'),
      family(
        'SL1',
        'Pulk Sledge',
        'Gear',
        '389.00',
        '5.2',
        'Carries forty kilograms over deep snow.',
        'Plastic|Aluminium',
      ),
      family('TH1', 'Thermos 1 l', 'Gear', '42.50', '0.56', 'Hot after twelve hours.', 'Steel'),
      family('AX1', 'Camp Axe', 'Gear', '74.00', '0.9', 'Forged by hand, with an ash handle.', 'Steel|Wood'),
      family('KN1', 'Sheath Knife', 'Gear', '48.00', '0.16', 'Carbon steel, birch handle.', 'Steel|Wood'),
    ],
  },
  {
    prefix: 'ACM',
    families: [
      family('100', 'Everyday Tee', 'Tops', '19.99', '0.17', 'Plain, in four sizes.', 'Cotton', {
        sizes: wear,
        colors: ['White', 'Green', 'Blue'],
      }),
      family('200', 'Cargo Shorts', 'Bottoms', '39.99', '0.33', 'Six pockets.', 'Cotton|Elastane', {
        sizes: wear,
        colors: ['Khaki', 'Grey'],
      }),
      family('250', 'Rain Boots', 'Footwear', '29.99', '1.2', 'One piece, no seams.', 'Rubber', {
        sizes: shoes,
        colors: ['Yellow', 'Green'],
      }),
      family('300', 'Paracord 30 m', 'Gear', '9.99', '0.2', 'Holds 250 kilograms.', 'Nylon'),
      family('301', 'Carabiner, 4 pieces', 'Gear', '14.99', '0.12', 'Not for climbing.', 'Aluminium'),
      family('302', 'Tarp 3 × 3 m', 'Gear', '45.99', '0.7', 'Nineteen loops.', 'Polyester'),
      family('303', 'Camp Chair', 'Gear', '34.99', '2.6', 'Carries 120 kilograms.', 'Steel|Polyester'),
      family('304', 'Cool Box 24 l', 'Gear', '59.99', '3.1', 'Cold for two days.', 'Plastic'),
      family('305', 'First Aid Kit', 'Gear', '24.99', '0.35', 'Sixty-two pieces in a pouch.', 'Nylon'),
      family('306', 'Insect Net', 'Gear', '7.49', '0.05', 'Over any hat.', 'Polyester'),
      family('307', 'Compass', 'Gear', '17.25', '0.06', 'With a mirror and a scale.', 'Plastic'),
      family('308', 'Dry Bag 20 l', 'Gear', '22.49', '0.19', 'Rolls shut three times.', 'Nylon'),
      family('309', 'Fire Steel', 'Gear', '11.33', '0.04', 'Five thousand strikes.', 'Steel|Wood'),
    ],
  },
  {
    prefix: 'OWN',
    families: [
      family('HD1', 'Waldrand Hoodie', 'Tops', '54.00', '0.5', 'Our own, sewn near by.', 'Cotton|Polyester', {
        sizes: wear,
        colors: ['Forest', 'Heather'],
      }),
      family('TS1', 'Tee “Kiefer”', 'Tops', '28.00', '0.18', 'Printed by hand.', 'Cotton', {
        sizes: wear,
        colors: ['Forest', 'White'],
      }),
      family('SX1', 'Café Socks', 'Footwear', '16.00', '0.08', 'For after the walk.', 'Wool|Nylon', {
        sizes: ['36-39', '40-43', '44-47'],
        colors: ['Green', 'Red'],
      }),
      family('MP1', 'Map of the Hohe Straße', 'Gear', '9.80', '0.09', 'One to 25,000, on cloth.', 'Paper'),
      family(
        'BK1',
        'Book “Wege & Stege”',
        'Gear',
        '24.00',
        '0.62',
        'Forty walks that begin at a railway station.',
        'Paper',
      ),
      family('CP1', 'Cap, Łódź edition', 'Gear', '21.00', '0.09', 'A hundred were made.', 'Cotton'),
      family('BT1', 'Bottle 0.5 l', 'Gear', '18.50', '0.23', 'Fits the bicycle too.', 'Steel'),
      family('GC1', 'Wax for Boots and Jackets', 'Gear', '8.75', '0.15', 'Beeswax and nothing else.', 'Wax'),
      family('PN1', 'Enamel Pin', 'Gear', '4.33', '0.02', 'A wood pigeon.', 'Brass'),
    ],
  },
]
