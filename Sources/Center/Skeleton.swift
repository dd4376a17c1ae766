// Center
