export { ComparatorError, OptionError, OverflowError, SourceOrderError } from './errors.ts';
export { mergeMapBounded, type MergeMapBoundedOptions } from './mergeMapBounded.ts';
export { mergeSorted, mergeSortedWith, type MergeSortedOptions } from './mergeSorted.ts';
