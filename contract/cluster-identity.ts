export interface ClusterIdentityInputs {
  /** Name of the cluster, for those who read the state. */
  cluster: string;
}

export interface ClusterIdentityOutputs {
  /** 32 hexadecimal digits. */
  identity: string;
}
