/** A project of a region. */
export interface Project {
  readonly region: string;
  readonly id: string;
  readonly name: string;
}

/** A job, and where it is. */
export interface JobPlace extends Project {
  readonly job: string;
}

const JOB = /^(?:(?:[a-z0-9-]{1,63}\/)?[A-Za-z0-9][\w .:-]{0,127}\/)?[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a target can be a job: `job`, `project/job`, or `region/project/job`. */
export function isJobReference(target: string): boolean {
  return JOB.test(target);
}

/** Whether a reference means a job. */
export function isMeant(reference: string, { region, name, job }: JobPlace): boolean {
  return reference === job || reference === `${name}/${job}` || reference === `${region}/${name}/${job}`;
}
