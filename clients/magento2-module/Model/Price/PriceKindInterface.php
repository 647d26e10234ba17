<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Price;

/** One of Magento's kinds of prices. */
interface PriceKindInterface
{
    /**
     * Save what differs from the shop, of all plans in one call.
     *
     * @param PricePlan[] $plans
     * @return array<string, string[]> what was refused, by SKU in lower case
     * @throws UnnamedFailure
     */
    public function save(array $plans): array;
}
