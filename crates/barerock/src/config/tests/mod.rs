mod profiles;
mod resolution;
