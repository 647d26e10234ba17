<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

use Magento\Catalog\Api\Data\PriceUpdateResultInterface;

/** What Magento's price services refused. */
class PriceFailures
{
    /**
     * The messages of refused prices.
     *
     * @param PriceUpdateResultInterface[] $results
     * @param PricePlan[] $plans
     * @return array<string, string[]> by SKU in lower case
     * @throws UnnamedFailure
     */
    public static function of(array $results, array $plans): array
    {
        $skus = array_map(static fn (PricePlan $plan): string => mb_strtolower($plan->sku), $plans);
        $only = count($skus) === 1 ? reset($skus) : null;
        $failures = [];
        foreach ($results as $result) {
            $values = $result->getParameters();
            $text = self::text((string) $result->getMessage(), $values);
            $sku = $only ?? mb_strtolower(self::skuOf($values) ?? '');
            // A message of another product is left over from a call that broke, and took the place of one of these.
            if (!in_array($sku, $skus, true)) {
                throw new UnnamedFailure($text);
            }
            $failures[$sku][] = $text;
        }
        return $failures;
    }

    /**
     * The messages of two services.
     *
     * @param array<string, string[]> $one by SKU
     * @param array<string, string[]> $other by SKU
     * @return array<string, string[]>
     */
    public static function both(array $one, array $other): array
    {
        foreach ($other as $sku => $texts) {
            $one[$sku] = [...$one[$sku] ?? [], ...$texts];
        }
        return $one;
    }

    /**
     * The SKU of a refused price. Not every message has it.
     *
     * @param array<string, mixed> $values
     * @return string|null
     */
    private static function skuOf(array $values): ?string
    {
        $sku = $values['SKU'] ?? (($values['fieldName'] ?? null) === 'SKU' ? $values['fieldValue'] : null);
        return $sku === null ? null : (string) $sku;
    }

    /**
     * The message with its values.
     *
     * @param string $message
     * @param array<string, mixed> $values
     * @return string
     */
    private static function text(string $message, array $values): string
    {
        $places = array_map(static fn (string|int $name): string => "%{$name}", array_keys($values));
        return strtr($message, array_combine($places, array_map(strval(...), array_values($values))));
    }
}
