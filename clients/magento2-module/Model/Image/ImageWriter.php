<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Image;

use Magento\Catalog\Api\Data\ProductAttributeMediaGalleryEntryInterface;
use Magento\Catalog\Api\Data\ProductAttributeMediaGalleryEntryInterfaceFactory;
use Magento\Catalog\Api\ProductAttributeMediaGalleryManagementInterface;
use Magento\Framework\UrlInterface;
use Magento\Store\Model\StoreManagerInterface;
use Waldstream\Feeds\Api\RowNotesInterface;
use Waldstream\Feeds\Api\RowWriterInterface;
use Waldstream\Feeds\Model\AdminStore;
use Waldstream\Feeds\Model\Product\KnownProducts;
use Waldstream\Feeds\Model\RowResult;
use Waldstream\Feeds\Model\StagedRow;

/**
 * Writes galleries. The file of each picture that this module adds is named after its source and picture: so a
 * picture is never added twice, also after a crash, and only the pictures of the row's own source are changed or
 * removed. A role is given only where the product has no picture in it. A picture that fails holds up no other of its
 * row, but nothing is removed then.
 */
class ImageWriter implements RowWriterInterface
{
    /**
     * Constructor.
     *
     * @param ProductAttributeMediaGalleryManagementInterface $gallery
     * @param ProductAttributeMediaGalleryEntryInterfaceFactory $entries
     * @param KnownProducts $products
     * @param WantedImages $images
     * @param ImageDownload $download
     * @param StoreManagerInterface $stores
     * @param AdminStore $store
     */
    public function __construct(
        private readonly ProductAttributeMediaGalleryManagementInterface $gallery,
        private readonly ProductAttributeMediaGalleryEntryInterfaceFactory $entries,
        private readonly KnownProducts $products,
        private readonly WantedImages $images,
        private readonly ImageDownload $download,
        private readonly StoreManagerInterface $stores,
        private readonly AdminStore $store,
    ) {
    }

    /**
     * @inheritdoc
     */
    public function write(array $rows, RowNotesInterface $notes): void
    {
        $own = $this->ownAddresses();
        $this->store->in(function () use ($rows, $own, $notes): void {
            $products = $this->products->of($rows);
            foreach ($rows as $row) {
                $sku = ($products[mb_strtolower($row->sku)] ?? null)?->getSku();
                $notes->begin([$row]);
                try {
                    $result = $sku === null ? self::withoutProduct($row) : $this->writeRow($row, $sku, $own);
                } catch (\Throwable $error) {
                    $result = RowResult::failed($error->getMessage());
                }
                $notes->end($row, $result);
            }
        });
    }

    /**
     * Write one row.
     *
     * @param StagedRow $row
     * @param string $sku
     * @param string[] $own
     * @return RowResult
     */
    private function writeRow(StagedRow $row, string $sku, array $own): RowResult
    {
        $wanted = $this->images->of($row, $own);
        $taken = [];
        $there = [];
        $superfluous = [];
        $failures = [];
        foreach ($this->gallery->getList($sku) ?? [] as $entry) {
            $name = $this->images->nameOf((string) $entry->getFile(), $row->source);
            if ($name === null || (isset($wanted[$name]) && !isset($there[$name]))) {
                $taken = array_merge($taken, $entry->getTypes() ?? []);
            }
            if ($name === null) {
                continue;
            }
            if (!isset($wanted[$name]) || isset($there[$name])) {
                $superfluous[] = $entry->getId();
                continue;
            }
            $there[$name] = $entry;
        }
        foreach ($wanted as $name => $image) {
            $roles = array_values(array_diff($image->roles, $taken));
            $taken = array_merge($taken, $roles);
            try {
                $this->save($sku, $there[$name] ?? null, $image, $roles);
            } catch (\Exception $error) {
                // The others are saved. Not after an Error, which may leave a transaction open.
                $failures[] = $error->getMessage();
            }
        }
        if ($failures !== []) {
            return RowResult::failed(implode(' ', array_unique($failures)));
        }
        // At the end: until all new pictures are there, the product keeps the old ones.
        foreach ($superfluous as $id) {
            $this->gallery->remove($sku, $id);
        }
        return RowResult::written();
    }

    /**
     * Add a picture, or change the one that is there.
     *
     * @param string $sku
     * @param ProductAttributeMediaGalleryEntryInterface|null $entry null: it is not there
     * @param WantedImage $image
     * @param string[] $roles that it gets
     * @return void
     */
    private function save(
        string $sku,
        ?ProductAttributeMediaGalleryEntryInterface $entry,
        WantedImage $image,
        array $roles,
    ): void {
        if ($entry === null) {
            $this->add($sku, $image, $roles);
        } elseif (self::differs($entry, $image, $roles)) {
            $this->update($sku, $entry, $image, $roles);
        }
    }

    /**
     * Add a picture.
     *
     * @param string $sku
     * @param WantedImage $image
     * @param string[] $roles
     * @return void
     */
    private function add(string $sku, WantedImage $image, array $roles): void
    {
        $entry = $this->entries->create();
        $entry->setMediaType('image');
        $entry->setDisabled(false);
        $entry->setLabel($image->label ?? '');
        $entry->setPosition($image->position);
        $entry->setTypes($roles);
        $entry->setContent($this->download->fetch($image));
        $this->gallery->create($sku, $entry);
    }

    /**
     * Change a picture that is there.
     *
     * @param string $sku
     * @param ProductAttributeMediaGalleryEntryInterface $entry
     * @param WantedImage $image
     * @param string[] $roles that it gets
     * @return void
     */
    private function update(
        string $sku,
        ProductAttributeMediaGalleryEntryInterface $entry,
        WantedImage $image,
        array $roles,
    ): void {
        // One without its file: with it, Magento takes it for a new picture.
        $changed = $this->entries->create();
        $changed->setId($entry->getId());
        $changed->setMediaType('image');
        $changed->setDisabled($entry->isDisabled());
        $changed->setLabel($image->label ?? '');
        $changed->setPosition($image->position);
        $changed->setTypes(array_values(array_unique(array_merge($entry->getTypes() ?? [], $roles))));
        $this->gallery->update($sku, $changed);
    }

    /**
     * Whether a picture is other than the row says.
     *
     * @param ProductAttributeMediaGalleryEntryInterface $entry
     * @param WantedImage $image
     * @param string[] $roles
     * @return bool
     */
    private static function differs(
        ProductAttributeMediaGalleryEntryInterface $entry,
        WantedImage $image,
        array $roles,
    ): bool {
        return (string) $entry->getLabel() !== (string) $image->label
            || (int) $entry->getPosition() !== $image->position
            || array_diff($roles, $entry->getTypes() ?? []) !== [];
    }

    /**
     * What becomes of a row of which the catalog has no product.
     *
     * @param StagedRow $row
     * @return RowResult
     */
    private static function withoutProduct(StagedRow $row): RowResult
    {
        if ($row->deleted) {
            return RowResult::written();
        }
        return RowResult::withoutProduct($row->sku);
    }

    /**
     * Addresses that the shop's own pictures begin with.
     *
     * @return string[]
     */
    private function ownAddresses(): array
    {
        $addresses = [];
        foreach ($this->stores->getStores() as $store) {
            $addresses[] = $store->getBaseUrl(UrlInterface::URL_TYPE_MEDIA);
        }
        return array_values(array_unique($addresses));
    }
}
