<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Product;

use Magento\Catalog\Api\ProductAttributeRepositoryInterface;
use Magento\Framework\Exception\LocalizedException;

/** Values of attributes with options: the feed has labels, the catalog ids. */
class OptionIds
{
    private const WITH_OPTIONS = ['select', 'multiselect'];

    /** @var array<string, array<string, string>|null> ids by label, by attribute; null: it has no options */
    private array $known = [];

    /**
     * Constructor.
     *
     * @param ProductAttributeRepositoryInterface $attributes
     */
    public function __construct(private readonly ProductAttributeRepositoryInterface $attributes)
    {
    }

    /**
     * The value as the catalog has it.
     *
     * @param string $code of the attribute
     * @param string $value
     * @return string
     * @throws LocalizedException if there is no such attribute or option
     */
    public function valueOf(string $code, string $value): string
    {
        if (!array_key_exists($code, $this->known)) {
            $this->known[$code] = $this->optionsOf($code);
        }
        $options = $this->known[$code];
        if ($options === null || $value === '') {
            return $value;
        }
        // An id is taken as it is.
        if (in_array($value, $options, true)) {
            return $value;
        }
        return $options[mb_strtolower($value)] ?? throw new LocalizedException(
            __('The attribute "%1" has no option "%2".', $code, $value)
        );
    }

    /**
     * Ids of an attribute's options.
     *
     * @param string $code
     * @return array<string, string>|null
     */
    private function optionsOf(string $code): ?array
    {
        $attribute = $this->attributes->get($code);
        if (!in_array($attribute->getFrontendInput(), self::WITH_OPTIONS, true)) {
            return null;
        }
        $ids = [];
        foreach ($attribute->getOptions() ?? [] as $option) {
            if ((string) $option->getValue() !== '') {
                $ids[mb_strtolower((string) $option->getLabel())] = (string) $option->getValue();
            }
        }
        return $ids;
    }
}
