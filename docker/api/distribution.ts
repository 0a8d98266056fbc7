/** @spec DistributionInspect */
export interface DistributionInspect {
  Descriptor: {
    digest: string;
  };
}
