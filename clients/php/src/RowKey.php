<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** Keys of rows in a copy. */
final class RowKey
{
    /**
     * One row per SKU: for connections with one source of the vendor.
     *
     * @param array<string, mixed> $row
     */
    public static function sku(array $row): string
    {
        return (string) $row['sku'];
    }

    /**
     * One row per source and SKU: for connections with several sources of the vendor.
     *
     * @param array<string, mixed> $row
     */
    public static function sourceAndSku(array $row): string
    {
        return json_encode([$row['source'], $row['sku']], JSON_THROW_ON_ERROR);
    }
}
