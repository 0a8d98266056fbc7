export interface ClusterIdentityInputs {
  /** Name of the cluster, for those who read the state. @change connection */
  cluster: string;
}

export interface ClusterIdentityOutputs {
  /** 32 hexadecimal digits. */
  identity: string;
}
