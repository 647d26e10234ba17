<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Product;

use Magento\Catalog\Api\Data\ProductInterface;
use Magento\Framework\Exception\LocalizedException;
use Waldstream\Feeds\Model\MapLines;

/** What a row changes in a product. */
class ProductChanges
{
    private const COLUMNS = ['name', 'price', 'weight', 'status', 'visibility'];
    private const NUMBERS = ['price', 'weight', 'status', 'visibility'];

    /**
     * Constructor.
     *
     * @param OptionIds $options
     */
    public function __construct(private readonly OptionIds $options)
    {
    }

    /**
     * Values of a row by attribute, as the catalog stores them.
     *
     * @param array<string, mixed> $data of the row
     * @param MapLines $map
     * @return array<string, string|null>
     * @throws LocalizedException for an attribute or option that is not there, and for a number that is none
     */
    public function valuesOf(array $data, MapLines $map): array
    {
        $values = [];
        foreach ($data as $name => $value) {
            $code = $name === 'sku' ? null : $map->get((string) $name);
            if ($code === null) {
                continue;
            }
            $text = self::text($value);
            if ($text === null && in_array($code, self::COLUMNS, true)) {
                continue;
            }
            $new = $text === null ? null : $this->options->valueOf($code, $text);
            if (in_array($code, self::NUMBERS, true) && !(is_numeric($new) && is_finite((float) $new))) {
                throw new LocalizedException(__('"%1" of "%2" is not a number.', $new, $name));
            }
            $values[$code] = $new;
        }
        return $values;
    }

    /**
     * Those values that a product does not have yet.
     *
     * @param array<string, string|null> $values by attribute
     * @param ProductInterface|null $product null: a new one
     * @return array<string, string|null>
     */
    public function of(array $values, ?ProductInterface $product): array
    {
        if ($product === null) {
            return $values;
        }
        return array_filter(
            $values,
            static fn (?string $new, string $code): bool => !self::same($code, self::current($product, $code), $new),
            ARRAY_FILTER_USE_BOTH,
        );
    }

    /**
     * Set values of a product.
     *
     * @param ProductInterface $product
     * @param array<string, string|null> $changes
     * @return void
     */
    public function apply(ProductInterface $product, array $changes): void
    {
        foreach ($changes as $code => $value) {
            match ($code) {
                'name' => $product->setName((string) $value),
                'price' => $product->setPrice((float) $value),
                'weight' => $product->setWeight((float) $value),
                'status' => $product->setStatus((int) $value),
                'visibility' => $product->setVisibility((int) $value),
                default => $product->setCustomAttribute($code, $value),
            };
        }
    }

    /**
     * What a product has.
     *
     * @param ProductInterface $product
     * @param string $code
     * @return mixed
     */
    private static function current(ProductInterface $product, string $code): mixed
    {
        return match ($code) {
            'name' => $product->getName(),
            'price' => $product->getPrice(),
            'weight' => $product->getWeight(),
            'status' => $product->getStatus(),
            'visibility' => $product->getVisibility(),
            default => $product->getCustomAttribute($code)?->getValue(),
        };
    }

    /**
     * Whether two values are the same.
     *
     * @param string $code
     * @param mixed $current
     * @param string|null $new
     * @return bool
     */
    private static function same(string $code, mixed $current, ?string $new): bool
    {
        if (in_array($code, self::NUMBERS, true)) {
            return $current !== null && (float) $current === (float) $new;
        }
        $text = self::text($current);
        return $text === $new || (is_numeric($text) && is_numeric($new) && (float) $text === (float) $new);
    }

    /**
     * A value as the catalog stores it.
     *
     * @param mixed $value
     * @return string|null
     */
    private static function text(mixed $value): ?string
    {
        return match (true) {
            $value === null => null,
            is_bool($value) => $value ? '1' : '0',
            is_array($value) && array_is_list($value) && $value === array_filter($value, 'is_scalar') =>
                implode(',', $value),
            is_array($value) => json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE),
            default => (string) $value,
        };
    }
}
