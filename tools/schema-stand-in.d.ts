export type Input<T> = T;
export type Output<T> = T;
